import { atOnce, readOption } from '../options/check-option.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { PropertyMetadata } from '../metadata/entity-metadata.js';
import { PARTITION_KEY, ROW_KEY, type RowReader, type Slot } from '../store/row.js';
import { preciseDate } from '../edm/date-time.js';
import type { EdmType } from '../edm/edm-type.js';
import { Guid } from '../edm/guid.js';
import { isInt32 } from '../edm/value-rules.js';

/** Returns a function that reads one property from a row. If the property is absent, it returns the default. */
export function propertyReader(className: string, property: PropertyMetadata): (row: RowReader) => unknown {
  const { slot, type, converter } = property;
  const absent = absentValue(property);

  const stored = (row: RowReader): unknown => {
    const found = row.typeOf(slot);
    if (found === type) return converter === undefined ? readExact(type, row, slot) : readPrecise(type, row, slot);
    if (found === undefined) return undefined;
    const value = readDrifted(type, found, row, slot);
    if (value === undefined) throw typeMismatch(className, property, found, row);
    return value;
  };
  if (converter === undefined) return (row) => stored(row) ?? absent();
  return (row) => {
    const value = stored(row);
    if (value === undefined) return absent();
    try {
      return atOnce(converter.fromStored(value), 'fromStored');
    } catch (error) {
      throw unreadable(className, property, row, error);
    }
  };
}

/** Returns a function for the value of an absent property, i.e. its default. */
export function absentValue({ default: value }: PropertyMetadata): () => unknown {
  return typeof value === 'function'
    ? () => atOnce(readOption('default', value as () => unknown), 'default')
    : () => value;
}

function at(className: string, { name: property, storedName }: PropertyMetadata, row: RowReader) {
  return { className, property, storedName, partitionKey: row.string(PARTITION_KEY), rowKey: row.string(ROW_KEY) };
}

function where({ storedName, name }: PropertyMetadata, partitionKey: string, rowKey: string): string {
  return `${storedName === name ? '' : ` (stored as "${storedName}")`} of the row ("${partitionKey}", "${rowKey}")`;
}

function typeMismatch(className: string, property: PropertyMetadata, found: string, row: RowReader): EntitableError {
  const details = at(className, property, row);
  return new EntitableError(
    'entity.type-mismatch',
    `${className}.${property.name}${where(property, details.partitionKey, details.rowKey)} is stored as Edm.${found} and declared as ` +
      `Edm.${property.type}, which cannot hold it without loss. Declare the stored type, or a converter from it.`,
    { ...details, declared: property.type, found },
  );
}

function unreadable(className: string, property: PropertyMetadata, row: RowReader, error: unknown): EntitableError {
  const details = at(className, property, row);
  return new EntitableError(
    'entity.unreadable',
    `${className}.${property.name}${where(property, details.partitionKey, details.rowKey)} holds what its converter cannot read. ` +
      'Mend the row, or let the converter accept it; what the converter threw is in details.error.',
    { ...details, error },
  );
}

type Read = (row: RowReader, slot: Slot) => unknown;

/**
 * Reads a property stored in exactly its declared type. This is a switch, because it runs for every property of every
 * row: a table of functions would add a call each time.
 */
export function readExact(type: EdmType, row: RowReader, slot: Slot): unknown {
  switch (type) {
    case 'String':
      return row.string(slot);
    case 'Int32':
    case 'Double':
      return row.number(slot);
    case 'Boolean':
      return row.boolean(slot);
    case 'DateTime':
      return new Date(row.milliseconds(slot));
    case 'Int64':
      return row.int64(slot);
    case 'Guid':
      return row.guid(slot);
    case 'Binary':
      return row.binary(slot);
    default:
      return type satisfies never;
  }
}

/**
 * Reads a property stored in exactly its declared type for a converter, which also receives the part of a DateTime
 * below a millisecond.
 */
export function readPrecise(type: EdmType, row: RowReader, slot: Slot): unknown {
  return type === 'DateTime' ? preciseDate(row.milliseconds(slot), row.ticks(slot)) : readExact(type, row, slot);
}

/**
 * Conversions from a stored type to a different declared type. Each returns the same value in the declared type, or
 * `undefined` if the conversion would lose information. For example, a program that wrote `20` to a property declared
 * as Double stored an Int32.
 */
const DRIFTED: Readonly<Record<EdmType, Partial<Record<EdmType, Read>>>> = {
  Binary: {},
  Boolean: {},
  DateTime: {},
  Double: {
    Int32: (row, slot) => row.number(slot),
    Int64: (row, slot) => exactly(Number(row.int64(slot)), (value) => BigInt(value) === row.int64(slot)),
  },
  Guid: { String: (row, slot) => (Guid.isText(row.string(slot)) ? Guid.parse(row.string(slot)) : undefined) },
  Int32: {
    Double: (row, slot) => exactly(row.number(slot), isInt32),
    Int64: (row, slot) => exactly(Number(row.int64(slot)), isInt32),
  },
  Int64: {
    Int32: (row, slot) => BigInt(row.number(slot)),
    Double: (row, slot) => (Number.isSafeInteger(row.number(slot)) ? BigInt(row.number(slot)) : undefined),
  },
  String: { Guid: (row, slot) => row.guid(slot).toString() },
};

function exactly(value: number, holds: (value: number) => boolean): number | undefined {
  return holds(value) && !Object.is(value, -0) ? value : undefined;
}

/**
 * Reads a property that is stored in a type other than the declared one. Returns `undefined` if the conversion would
 * lose information.
 */
export function readDrifted(declared: EdmType, found: EdmType, row: RowReader, slot: Slot): unknown {
  return DRIFTED[declared][found]?.(row, slot);
}
