import type { EdmType, EdmTypeMap } from '../edm/edm-type.js';
import { sameValue } from '../edm/compare.js';
import { exactTicks } from '../edm/date-time.js';
import { atOnce } from '../options/check-option.js';
import { sameData } from '../metadata/same-data.js';
import type { AnyConverter } from '../metadata/converter.js';
import type { PropertyMetadata } from '../metadata/entity-metadata.js';
import type { RowReader } from '../store/row.js';
import { converterFailed } from './property-check.js';
import { absentValue, readDrifted, readExact, readPrecise } from './property-reader.js';

/**
 * Returns whether a value differs from the value in the row. Bytes are compared by content, dates by millisecond, and
 * NaN equals itself. A converted value also counts as equal if its stored form differs but the form in the row converts
 * to the same value. Throws `validation.converter-failed`.
 */
export function differs(className: string, property: PropertyMetadata, value: ConvertedValue, row: RowReader): boolean {
  const before = readStored(property, row);
  return before === undefined || !isStoredAs(className, property, value, before);
}

/** Returns whether `before` is a stored form of the value. Throws `validation.converter-failed`. */
export function isStoredAs(
  className: string,
  property: PropertyMetadata,
  { value, stored }: ConvertedValue,
  before: unknown,
): boolean {
  const { type, converter } = property;
  if (same(type, before, type === 'Int32' ? (stored as number) + 0 : stored)) return true;
  if (converter === undefined) return false;
  const was = readAgain(converter, before);
  if (was === undefined) return false;
  if (converter.same !== undefined) {
    try {
      return atOnce(converter.same(was.value, value), 'same');
    } catch (error) {
      throw converterFailed(className, property, value, error);
    }
  }
  return sameData(was.value, value) || same(type, was.stored(), stored);
}

/** A value of an entity with its stored form. */
export interface ConvertedValue {
  readonly value: unknown;
  readonly stored: unknown;
}

/**
 * Converts the row's value to its value in the class and back to a stored form, for comparison. Another program may
 * have stored the value in a different form, such as JSON with other white space, and a converter may never produce the
 * same form twice. Returns `undefined` if the value cannot be read.
 */
function readAgain(
  converter: AnyConverter,
  before: unknown,
): { readonly value: unknown; readonly stored: () => unknown } | undefined {
  try {
    const value = atOnce(converter.fromStored(before), 'fromStored');
    return { value, stored: () => storedAgain(converter, value) };
  } catch {
    return undefined; // unreadable: any value that the entity has now is a change
  }
}

function storedAgain(converter: AnyConverter, value: unknown): unknown {
  try {
    return atOnce(converter.toStored(value), 'toStored');
  } catch {
    return undefined;
  }
}

/**
 * Returns whether a value is the default that reading sets for an absent property, in which case the application may
 * not have set it at all.
 *
 * @param computed - The stored forms of defaults that functions returned when the row was read; calling the functions
 * again may return other values.
 */
export function isAbsentDefault(
  className: string,
  property: PropertyMetadata,
  value: ConvertedValue,
  convert: (value: unknown) => unknown,
  computed: ReadonlyMap<string, unknown> | undefined,
): boolean {
  const given = computed?.get(property.name);
  if (given !== undefined) return isStoredAs(className, property, value, given);
  const fallback = absentValue(property)();
  if (fallback === undefined || fallback === null) return false;
  return isStoredAs(className, property, value, convert(fallback));
}

function same(type: EdmType, left: unknown, right: unknown): boolean {
  if (left === undefined) return false;
  if (!sameValue(type, left as EdmTypeMap[typeof type], right as EdmTypeMap[typeof type])) return false;
  const ticks = type === 'DateTime' ? exactTicks(right as Date) : undefined;
  return ticks === undefined || exactTicks(left as Date) === ticks;
}

function readStored({ type, slot, converter }: PropertyMetadata, row: RowReader): unknown {
  const found = row.typeOf(slot);
  if (found === undefined) return undefined;
  if (found !== type) return readDrifted(type, found, row, slot);
  return converter === undefined ? readExact(type, row, slot) : readPrecise(type, row, slot);
}
