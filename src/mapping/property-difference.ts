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
 * Whether a value, which is stored as `stored`, differs from what the row has: bytes by content, dates by millisecond, NaN equal to
 * itself, and what is converted by its value as well. Throws `validation.converter-failed`.
 */
export function differs(className: string, property: PropertyMetadata, value: ConvertedValue, row: RowReader): boolean {
  const before = readStored(property, row);
  return before === undefined || !isStoredAs(className, property, value, before);
}

/** Whether a value is the one that `before` is the stored form of. Throws `validation.converter-failed`. */
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

/** A value of an entity, and what is stored of it. */
export interface ConvertedValue {
  readonly value: unknown;
  readonly stored: unknown;
}

/**
 * What a row's value was read as, and what would be stored of that: another program may store one value in several forms, such as JSON
 * with other white space, and a converter may never store it in the same form again. `undefined` where it cannot be read.
 */
function readAgain(
  converter: AnyConverter,
  before: unknown,
): { readonly value: unknown; readonly stored: () => unknown } | undefined {
  try {
    const value = atOnce(converter.fromStored(before), 'fromStored');
    return { value, stored: () => storedAgain(converter, value) };
  } catch {
    return undefined; // whatever the entity has now differs from it
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
 * Whether a value is what the reader gives for an absent property, so that nobody need have set it.
 *
 * @param computed What functions gave when the row was read, as stored: another call may give something else.
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
