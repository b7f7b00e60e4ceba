import type { EdmType, EdmTypeMap } from './edm-type.js';

/** How two values of one EDM type sort: negative, zero, positive; `NaN` when they have no order (a NaN). */
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

/** Whether two values of one EDM type are the same stored value: bytes by content, dates by instant, NaN equal to itself, 0 not -0. */
export function sameValue<E extends EdmType>(type: E, left: EdmTypeMap[E], right: EdmTypeMap[E]): boolean {
  return type === 'Double' || type === 'Int32' ? Object.is(left, right) : compareValues(type, left, right) === 0;
}
