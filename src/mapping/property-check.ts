import { isBytes } from '../edm/bytes.js';
import { exactTicks } from '../edm/date-time.js';
import type { EdmType } from '../edm/edm-type.js';
import type { Guid } from '../edm/guid.js';
import { VALUE_RULES } from '../edm/value-rules.js';
import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { refusalReason } from '../metadata/converter.js';
import type { PropertyMetadata } from '../metadata/entity-metadata.js';
import type { ServiceLimits } from '../store/limits.js';
import type { RowReader, RowWriter, Slot } from '../store/row.js';

/**
 * Functions that check the values of types whose limits depend on the store. Each is a single function, because it is
 * called for every value that is written.
 */
const FITS: Partial<Record<EdmType, (value: unknown, limits: ServiceLimits) => boolean>> = {
  Binary: (value, { binaryBytes }) => isBytes(value) && value.byteLength <= binaryBytes,
  String: (value, { stringUnits }) => typeof value === 'string' && value.length <= stringUnits && value.isWellFormed(),
};

/**
 * Returns a function that converts a value of one property to its stored form, and checks that form against the EDM
 * type and the store's limits. It throws `validation.*`; the value appears only in `details.value`.
 */
export function storedValueOf(
  className: string,
  property: PropertyMetadata,
  limits: ServiceLimits,
): (value: unknown) => unknown {
  const { type, converter } = property;
  const fits = FITS[type] ?? VALUE_RULES[type].accepts;
  const checked = (value: unknown): unknown => {
    if (fits(value, limits)) return value;
    throw refusalOf(className, property, limits, value);
  };
  if (converter === undefined) return checked;
  return (value) => {
    let stored: unknown;
    try {
      stored = converter.toStored(value);
    } catch (error) {
      throw converterFailed(className, property, value, error);
    }
    return checked(stored);
  };
}

/**
 * Creates the error for a value that its property cannot store, because of its type, its range or a limit of the store.
 */
function refusalOf(
  className: string,
  { name, storedName, type }: PropertyMetadata,
  limits: ServiceLimits,
  value: unknown,
): EntitableError {
  const details = { className, property: name, storedName, value };
  const where = `${className}.${name}${storedName === name ? '' : ` (stored as "${storedName}")`}`;
  const { kind, expected, isKind, accepts } = VALUE_RULES[type];
  if (!isKind(value)) {
    const found = typeName(value);
    return new EntitableError(
      'validation.wrong-type',
      `${where} is Edm.${type} and takes ${kind}, not ${found}. Convert it, or declare another type or a converter.`,
      { ...details, expected: kind, found },
    );
  }
  if (!accepts(value)) {
    return new EntitableError(
      'validation.out-of-range',
      `${where} is Edm.${type} and takes ${expected}. Change the value, or declare a wider type.`,
      { ...details, type, range: expected },
    );
  }
  const [size, limit, unit] =
    type === 'Binary'
      ? [(value as Uint8Array).byteLength, limits.binaryBytes, 'bytes']
      : [(value as string).length, limits.stringUnits, 'UTF-16 units'];
  if (size > limit) {
    return new EntitableError(
      'validation.too-long',
      `${where} is Edm.${type} and has ${size} ${unit}; the store takes ${limit}. Shorten it, or spread it over several properties.`,
      { ...details, size, limit },
    );
  }
  return new EntitableError(
    'validation.unpaired-surrogate',
    `${where} holds half of a surrogate pair, which is no character and cannot be sent. Use well-formed text, or store bytes.`,
    details,
  );
}

/**
 * Creates the error for a value that a converter rejected. The converter's own error goes into `details.error` only,
 * because its message may quote the value.
 */
export function converterFailed(
  className: string,
  { name, storedName, type }: PropertyMetadata,
  value: unknown,
  error: unknown,
): EntitableError {
  const words = refusalReason(error);
  const reason = words === undefined ? '' : `: ${words}`;
  return new EntitableError(
    'validation.converter-failed',
    `${className}.${name} cannot be stored as Edm.${type}; its converter refused it${reason}. What it threw is in details.error.`,
    { className, property: name, storedName, value, error },
  );
}

/**
 * Writes the stored value of one property. `before` is the row that the entity came from, if known: an unchanged date
 * keeps its 100 ns precision. This is a switch, because it runs for every property of every row: a table of functions
 * would add a call each time.
 */
export function pushProperty(
  writer: RowWriter,
  { type, slot, converter }: PropertyMetadata,
  stored: unknown,
  before: RowReader | undefined,
): void {
  switch (type) {
    case 'String':
      return writer.string(slot, stored as string);
    case 'Int32':
      return writer.int32(slot, (stored as number) + 0); // an Int32 has no -0
    case 'Double':
      return writer.double(slot, stored as number);
    case 'Boolean':
      return writer.boolean(slot, stored as boolean);
    case 'DateTime':
      return writer.dateTime(
        slot,
        (stored as Date).getTime(),
        ticksOf(slot, stored as Date, before, converter !== undefined),
      );
    case 'Int64':
      return writer.int64(slot, stored as bigint);
    case 'Guid':
      return writer.guid(slot, (stored as Guid).toString());
    case 'Binary':
      return writer.binary(slot, stored as Uint8Array);
    default:
      return type satisfies never;
  }
}

/**
 * Returns the part of a date below a millisecond, in ticks of 100 ns, which a JavaScript `Date` cannot hold. A
 * converter may supply it. Otherwise, a date that equals the one in the row keeps the ticks of the row, and any other
 * date has 0 ticks.
 */
function ticksOf(slot: Slot, value: Date, before: RowReader | undefined, isConverted: boolean): number {
  const exact = isConverted ? exactTicks(value) : undefined;
  if (exact !== undefined) return exact;
  return before?.typeOf(slot) === 'DateTime' && before.milliseconds(slot) === value.getTime() ? before.ticks(slot) : 0;
}

/** A value ready to be written. */
export interface PropertyValue {
  readonly property: PropertyMetadata;
  /** The value, converted and checked. */
  readonly stored: unknown;
}
