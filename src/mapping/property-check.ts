import { isDate } from 'node:util/types';
import { isBytes } from '../metadata/bytes.js';
import { DATE_TIME_RANGE, exactTicks } from '../edm/date-time.js';
import type { EdmType } from '../edm/edm-type.js';
import { Guid } from '../edm/guid.js';
import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { refusalReason } from '../metadata/converter.js';
import type { PropertyMetadata } from '../metadata/entity-metadata.js';
import type { ServiceLimits } from '../store/limits.js';
import type { RowReader, RowWriter, Slot } from '../store/row.js';

interface ValueProblem {
  wrongType(expected: string): EntitableError;
  outOfRange(range: string): EntitableError;
  tooLong(size: number, limit: number, unit: string): EntitableError;
  unpairedSurrogate(): EntitableError;
}

type Check = (value: unknown, limits: ServiceLimits) => ((refuse: ValueProblem) => EntitableError) | undefined;

const INT32 = { least: -(2 ** 31), greatest: 2 ** 31 - 1 };
const INT64 = { least: -(2n ** 63n), greatest: 2n ** 63n - 1n };

const CHECK: Readonly<Record<EdmType, Check>> = {
  Binary: (value, { binaryBytes }) =>
    !isBytes(value)
      ? (refuse) => refuse.wrongType('a Uint8Array')
      : value.byteLength > binaryBytes
        ? (refuse) => refuse.tooLong(value.byteLength, binaryBytes, 'bytes')
        : undefined,
  Boolean: (value) => (typeof value === 'boolean' ? undefined : (refuse) => refuse.wrongType('a boolean')),
  DateTime: (value) =>
    !isDate(value)
      ? (refuse) => refuse.wrongType('a Date')
      : value.getTime() >= DATE_TIME_RANGE.first && value.getTime() <= DATE_TIME_RANGE.last
        ? undefined
        : (refuse) => refuse.outOfRange('valid dates from 1601-01-01 to 9999-12-31 (UTC)'),
  Double: (value) => (typeof value === 'number' ? undefined : (refuse) => refuse.wrongType('a number')),
  Guid: (value) => (Guid.is(value) ? undefined : (refuse) => refuse.wrongType('a Guid')),
  Int32: (value) =>
    typeof value !== 'number'
      ? (refuse) => refuse.wrongType('a number')
      : Number.isInteger(value) && value >= INT32.least && value <= INT32.greatest
        ? undefined
        : (refuse) => refuse.outOfRange(`integers from ${INT32.least} to ${INT32.greatest}`),
  Int64: (value) =>
    typeof value !== 'bigint'
      ? (refuse) => refuse.wrongType('a bigint')
      : value >= INT64.least && value <= INT64.greatest
        ? undefined
        : (refuse) => refuse.outOfRange(`bigints from ${INT64.least} to ${INT64.greatest}`),
  String: (value, { stringUnits }) =>
    typeof value !== 'string'
      ? (refuse) => refuse.wrongType('a string')
      : value.length > stringUnits
        ? (refuse) => refuse.tooLong(value.length, stringUnits, 'UTF-16 units')
        : value.isWellFormed()
          ? undefined
          : (refuse) => refuse.unpairedSurrogate(),
};

/**
 * Makes the stored value of one property: converted, and checked against its EDM type and the store's limits.
 * Throws `validation.*`; the value is only in `details.value`.
 */
export function storedValueOf(
  className: string,
  property: PropertyMetadata,
  limits: ServiceLimits,
): (value: unknown) => unknown {
  const { type, converter } = property;
  const check = CHECK[type];
  const checked = (value: unknown): unknown => {
    const refused = check(value, limits);
    if (refused === undefined) return value;
    throw refused(refusalOf(className, property, value));
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

function refusalOf(className: string, property: PropertyMetadata, value: unknown): ValueProblem {
  const { name, storedName, type } = property;
  const details = { className, property: name, storedName, value };
  const where = `${className}.${name}${storedName === name ? '' : ` (stored as "${storedName}")`}`;
  const found = typeName(value);
  return {
    wrongType: (expected) =>
      new EntitableError(
        'validation.wrong-type',
        `${where} is Edm.${type} and takes ${expected}, not ${found}. Convert it, or declare another type or a converter.`,
        {
          ...details,
          expected,
          found,
        },
      ),
    outOfRange: (range) =>
      new EntitableError(
        'validation.out-of-range',
        `${where} is Edm.${type} and takes ${range}. Change the value, or declare a wider type.`,
        {
          ...details,
          type,
          range,
        },
      ),
    tooLong: (size, limit, unit) =>
      new EntitableError(
        'validation.too-long',
        `${where} is Edm.${type} and has ${size} ${unit}; the store takes ${limit}. Shorten it, or spread it over several properties.`,
        {
          ...details,
          size,
          limit,
        },
      ),
    unpairedSurrogate: () =>
      new EntitableError(
        'validation.unpaired-surrogate',
        `${where} holds half of a surrogate pair, which is no character and cannot be sent. Use well-formed text, or store bytes.`,
        details,
      ),
  };
}

/** The error of a converter that refused a value; what it threw may quote it. */
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
 * Pushes the stored value of one property; `before` is the row that the entity came from, where it is known. A switch, because every
 * property of every row comes by: a table of functions would cost a call.
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

/** A Date has milliseconds, unless a converter made it; one that nobody changed keeps the 100 ns that the row has. */
function ticksOf(slot: Slot, value: Date, before: RowReader | undefined, isConverted: boolean): number {
  const exact = isConverted ? exactTicks(value) : undefined;
  if (exact !== undefined) return exact;
  return before?.typeOf(slot) === 'DateTime' && before.milliseconds(slot) === value.getTime() ? before.ticks(slot) : 0;
}

/** A stored value on its way to a store. */
export interface PropertyValue {
  readonly property: PropertyMetadata;
  /** Converted and checked. */
  readonly stored: unknown;
}
