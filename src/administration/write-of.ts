import { isSystemName, propertyNameProblem } from '../edm/property-name.js';
import { typeName } from '../edm/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { RowWriter } from '../store/row.js';
import type { PreparedWrite, Rows, WriteMode } from '../store/table-store.js';
import { checkKey, checkProperties, checkSize, type RowTarget, type StoredProperty } from './check-row.js';
import { ReadRow } from './read-row.js';
import { storedValueProblem, undeclaredValue, type StoredRow } from './stored-row.js';

/**
 * Encodes the write of a row: one that was read as it is, one that somebody made when it is in order. Throws `validation.*` and `key.*` for
 * what the store would refuse.
 */
export function writeOf(row: StoredRow, mode: WriteMode, rows: Rows, target: RowTarget): PreparedWrite {
  const properties = row instanceof ReadRow ? row.stored : storedProperties(row);
  const { partitionKey, rowKey } = row;
  checkKey('PartitionKey', partitionKey, target);
  checkKey('RowKey', rowKey, target);
  checkProperties(properties, target);
  const write = (writer: RowWriter): void => properties.forEach(([name, value]) => writer.undeclared(name, value));
  const prepared = rows.prepare({ mode, partitionKey, rowKey, write });
  checkSize(prepared.entityBytes, target);
  return prepared;
}

function storedProperties(row: StoredRow): readonly StoredProperty[] {
  checkRow(row);
  return Object.entries(row.properties).map(([name, value]) => [name, undeclaredValue(value)] as const);
}

/** A transformation may be JavaScript's. */
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

/** The refusal of what `transform` gave. */
export function noRow(found: string): EntitableError {
  const expected = 'a row { partitionKey, rowKey, properties } with properties { type, value }, or undefined';
  return new EntitableError('validation.invalid-option', `transform gives ${expected}, not ${found}.`, {
    option: 'transform',
    expected,
    found,
  });
}
