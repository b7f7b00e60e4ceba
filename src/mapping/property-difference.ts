import type { EdmType, EdmTypeMap } from '../edm/edm-type.js';
import { sameValue } from '../edm/compare.js';
import type { PropertyMetadata } from '../metadata/entity-metadata.js';
import type { RowReader } from '../store/row.js';
import { absentValue } from './property-reader.js';
import { readDrifted, readExact } from './stored-value.js';

/** Whether a stored value differs from what the row has: bytes by content, dates by millisecond, NaN equal to itself. */
export function differs({ type, slot, converter }: PropertyMetadata, stored: unknown, row: RowReader): boolean {
  const before = readStored(type, slot, row);
  if (before === undefined) return true;
  const value = type === 'Int32' ? (stored as number) + 0 : stored;
  if (same(type, before, value)) return false;
  return converter === undefined || !same(type, canonical(converter, before), value);
}

/** Whether a value is what the reader gave for an absent property, so that nothing was changed. */
export function isAbsentDefault(
  property: PropertyMetadata,
  stored: unknown,
  convert: (value: unknown) => unknown,
): boolean {
  const value = absentValue(property)();
  return value !== undefined && value !== null && same(property.type, convert(value), stored);
}

function same(type: EdmType, left: unknown, right: unknown): boolean {
  return sameValue(type, left as EdmTypeMap[typeof type], right as EdmTypeMap[typeof type]);
}

function readStored(type: EdmType, slot: number, row: RowReader): unknown {
  const found = row.typeOf(slot);
  if (found === undefined) return undefined;
  return found === type ? readExact(type, row, slot) : readDrifted(type, found, row, slot);
}

/** Another program may store one value in several forms, such as JSON with other white space: that is no change. */
function canonical(converter: NonNullable<PropertyMetadata['converter']>, before: unknown): unknown {
  try {
    return converter.toStored(converter.fromStored(before));
  } catch {
    return before; // the row's form is not readable, so whatever the entity has now differs from it
  }
}
