import { isSystemName, propertyNameProblem } from '../edm/names.js';
import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import {
  PARTITION_KEY,
  ROW_KEY,
  TIMESTAMP,
  type RowWriter,
  type UndeclaredValue,
  type RowReader,
} from '../store/row.js';
import type { PreparedWrite, Rows, WriteOperation, ReadRequest } from '../store/table-store.js';
import { storedValueProblem, undeclaredValue, storedValue, type StoredRow, type StoredValue } from './stored-row.js';
import { characterName, forbiddenCharacter } from '../metadata/key-text.js';
import { keySize, type ServiceLimits } from '../store/limits.js';

/**
 * Encodes the write that copies a row to the target table. A row that was read is written unchanged; a row that
 * `transform` returned is validated. Throws `validation.*` and `key.*` for rows that the store would reject.
 */
export function writeOf(
  row: StoredRow,
  operation: Pick<WriteOperation, 'mode' | 'ifMatch'>,
  rows: Rows,
  target: RowTarget,
): PreparedWrite {
  const properties = row instanceof ReadRow ? row.stored : storedProperties(row);
  const { partitionKey, rowKey } = row;
  checkKey('PartitionKey', partitionKey, target);
  checkKey('RowKey', rowKey, target);
  checkProperties(properties, target);
  const write = (writer: RowWriter): void => properties.forEach(([name, value]) => writer.undeclared(name, value));
  const prepared = rows.prepare({ ...operation, partitionKey, rowKey, write });
  checkSize(prepared.entityBytes, target);
  return prepared;
}

function storedProperties(row: StoredRow): readonly StoredProperty[] {
  checkRow(row);
  return Object.entries(row.properties).map(([name, value]) => [name, undeclaredValue(value)] as const);
}

/** Validates a row that `transform` returned, because JavaScript code may return anything. */
function checkRow(row: unknown): void {
  if (typeof row !== 'object' || row === null) throw noRow(typeName(row));
  const { partitionKey, rowKey, properties } = row as Readonly<Record<string, unknown>>;
  if (typeof partitionKey !== 'string') throw noRow(`a partitionKey that is ${typeName(partitionKey)}`);
  if (typeof rowKey !== 'string') throw noRow(`a rowKey that is ${typeName(rowKey)}`);
  if (typeof properties !== 'object' || properties === null || Symbol.iterator in properties) {
    throw noRow(`properties that are ${typeName(properties)}`);
  }
  for (const [name, value] of Object.entries(properties)) {
    const problem = isSystemName(name)
      ? 'a name that every row has'
      : (propertyNameProblem(name) ?? storedValueProblem(value));
    if (problem !== undefined) throw noRow(`a property "${name}" in ("${partitionKey}", "${rowKey}"): ${problem}`);
  }
}

/** Creates the error for an invalid result of `transform`. */
export function noRow(found: string): EntitableError {
  const expected = 'a row { partitionKey, rowKey, properties } with properties { type, value }, or undefined';
  return new EntitableError('validation.invalid-option', `transform gives ${expected}, not ${found}.`, {
    option: 'transform',
    expected,
    found,
  });
}

/** A property in its stored form: the name, and the value as stored text or bytes. */
export type StoredProperty = readonly [name: string, value: UndeclaredValue];

/** The table that rows are copied to. */
export interface RowTarget {
  readonly table: string;
  readonly limits: ServiceLimits;
}

/** Rejects a key that the table cannot store, before anything is sent. Throws `key.*`. */
function checkKey(key: 'PartitionKey' | 'RowKey', text: string, { table, limits }: RowTarget): void {
  const subject = `The ${key} of a row for the table ${table}`;
  const character = forbiddenCharacter(text);
  if (character !== undefined) {
    const message = `${subject} holds ${characterName(character)}, which the service forbids in keys (/ \\ # ? and control characters).`;
    throw new EntitableError('key.forbidden-character', message, { className: table, key, character });
  }
  const limit = key === 'PartitionKey' ? limits.keyBytes.partition : limits.keyBytes.row;
  const size = keySize(text, limits);
  if (size > limit) {
    const message = `${subject} has ${size} bytes; the store takes ${limit}. Give a shorter one by transform.`;
    throw new EntitableError('key.too-long', message, { className: table, key, size, limit });
  }
}

/** Rejects properties that the store would reject. Throws `validation.*`. */
function checkProperties(properties: readonly StoredProperty[], { table, limits }: RowTarget): void {
  const [count, limit] = [properties.length, limits.properties];
  if (count > limit) {
    const message = `A row for the table ${table} has ${count} properties; the store takes ${limit}. Leave some out by transform.`;
    throw new EntitableError('validation.too-many-properties', message, { className: table, count, limit });
  }
  for (const [property, value] of properties) {
    if (limits.reservedNames.includes(property.toLowerCase())) {
      const message = `The store of the table ${table} keeps the name "${property}" to itself. Give the property another by transform.`;
      throw new EntitableError('validation.unknown-property', message, { className: table, property });
    }
    checkLength(property, value, { table, limits });
  }
}

/** Rejects a row that is too large for the store. Throws `validation.entity-too-large`. */
function checkSize(size: number, { table, limits: { entityBytes: limit } }: RowTarget): void {
  if (size <= limit) return;
  const message = `A row for the table ${table} has ${size} bytes, names included; the store takes ${limit}. Make it smaller by transform.`;
  throw new EntitableError('validation.entity-too-large', message, { className: table, size, limit });
}

function checkLength(property: string, value: UndeclaredValue, { table, limits }: RowTarget): void {
  const [size, limit] =
    value.type === 'Binary'
      ? [value.bytes.byteLength, limits.binaryBytes]
      : [value.text.length, value.type === 'String' ? limits.stringUnits : Infinity];
  if (size <= limit) return;
  const unit = value.type === 'Binary' ? 'bytes' : 'UTF-16 units';
  const message = `"${property}" of a row for the table ${table} has ${size} ${unit}; the store takes ${limit}. Split it by transform.`;
  throw new EntitableError('validation.too-long', message, {
    className: table,
    property,
    storedName: property,
    size,
    limit,
  });
}

/**
 * A row that was read from the source table. Its properties keep their stored text and bytes, and are decoded only if
 * `transform` or the report of the copy reads them.
 */
export class ReadRow implements StoredRow {
  /** The read request that returns every property. */
  static readonly REQUEST: ReadRequest = Object.freeze({ undeclared: true });

  readonly partitionKey: string;
  readonly rowKey: string;
  /** Every property exactly as it was read. */
  readonly stored: readonly StoredProperty[];
  readonly #milliseconds: number;

  constructor(row: RowReader) {
    this.partitionKey = row.string(PARTITION_KEY);
    this.rowKey = row.string(ROW_KEY);
    this.#milliseconds = row.milliseconds(TIMESTAMP);
    this.stored = [...row.undeclared()];
  }

  get timestamp(): Date {
    return new Date(this.#milliseconds);
  }

  get properties(): Readonly<Record<string, StoredValue>> {
    return Object.fromEntries(this.stored.map(([name, value]) => [name, storedValue(value)]));
  }

  /** Returns the row as a plain object. */
  plain(): StoredRow {
    const { partitionKey, rowKey, timestamp, properties } = this;
    return { partitionKey, rowKey, timestamp, properties };
  }
}
