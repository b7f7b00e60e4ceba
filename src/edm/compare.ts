import type { EdmType, EdmTypeMap } from './edm-type.js';

/**
 * Compares two values of one EDM type for sorting. The result is negative, zero or positive, or `NaN` if the values
 * have no order because one of them is NaN.
 */
export function compareValues<E extends EdmType>(type: E, left: EdmTypeMap[E], right: EdmTypeMap[E]): number {
  switch (type) {
    case 'Binary':
      return Buffer.compare(left as Uint8Array, right as Uint8Array);
    case 'DateTime':
      return (left as Date).getTime() - (right as Date).getTime();
    case 'Guid':
      return order(left.toString(), right.toString());
    default:
      return order(left as string, right as string);
  }
}

function order(left: string | number | bigint | boolean, right: string | number | bigint | boolean): number {
  return left < right ? -1 : left > right ? 1 : left === right ? 0 : Number.NaN;
}

/**
 * Returns whether two values of one EDM type have the same stored form. Compares bytes by content and dates by instant.
 * NaN equals itself, and 0 does not equal -0.
 */
export function sameValue<E extends EdmType>(type: E, left: EdmTypeMap[E], right: EdmTypeMap[E]): boolean {
  return type === 'Double' || type === 'Int32' ? Object.is(left, right) : compareValues(type, left, right) === 0;
}
