import { atOnce } from '../errors/at-once.js';
import { EntitableError } from '../errors/entitable-error.js';
import { readOption } from '../errors/options.js';
import type { PropertyMetadata } from '../metadata/entity-metadata.js';
import { PARTITION_KEY, ROW_KEY, type RowReader } from '../store/row.js';
import { readDrifted, readExact, readPrecise } from './stored-value.js';

/** Reads one property of a class from a row: its value, or its default when it is absent. */
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

/** What an absent property becomes. */
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
