import type { EdmType } from '../edm/edm-type.js';
import { Guid } from '../edm/guid.js';

const BY_CLASS: ReadonlyMap<unknown, EdmType> = new Map<unknown, EdmType>([
  [String, 'String'],
  [Number, 'Double'],
  [Boolean, 'Boolean'],
  [BigInt, 'Int64'],
  [Date, 'DateTime'],
  [Uint8Array, 'Binary'],
  [Buffer, 'Binary'],
]);

/** The EDM type that the compiler's decorator metadata tells, where it emits any and the type is not a union or an object. */
export function inferredType(prototype: object, property: string): EdmType | undefined {
  const reflect = Reflect as { getMetadata?(key: string, target: object, property: string): unknown };
  const type = reflect.getMetadata?.('design:type', prototype, property);
  return BY_CLASS.get(type) ?? (Guid.isClass(type) ? 'Guid' : enumType(type));
}

/** The EDM type of a plain default: the compiler tells `Defaulted<string>` as an object. */
export function typeOfDefault(value: unknown): EdmType | undefined {
  switch (typeof value) {
    case 'string':
      return 'String';
    case 'number':
      return 'Double';
    case 'boolean':
      return 'Boolean';
    case 'bigint':
      return 'Int64';
    default:
      return Guid.is(value) ? 'Guid' : undefined;
  }
}

/** Some compilers emit an enum itself where others emit the class of its values. */
function enumType(type: unknown): EdmType | undefined {
  if (typeof type !== 'object' || type === null) return undefined;
  const values = Object.values(type);
  if (values.length === 0) return undefined;
  if (values.every((value) => typeof value === 'string')) return 'String';
  return values.some((value) => typeof value === 'number') ? 'Double' : undefined;
}
