import { checkNames, invalidOption, type KnownNames } from '../../options/check-option.js';
import { FORBIDDEN_IN_KEYS, tableNameProblem } from '../../edm/names.js';
import { EntitableError, PARTITION_KEY, ROW_KEY, type RowReader, type ServiceLimits } from '../../index.js';

/** Refuses options that are not an object, and unknown option names. Throws `validation.invalid-option`. */
export function checkStoreOptions(options: object, known: KnownNames): void {
  if (typeof options !== 'object' || options === null)
    throw invalidOption('options', 'an object', options === null ? 'null' : typeof options);
  checkNames(options, known);
}

/** Refuses a partition key that the service would reject. Throws `validation.invalid-option`. */
export function checkPartitionKey(partitionKey: string, { keyBytes }: ServiceLimits): void {
  const isKey =
    typeof partitionKey === 'string' &&
    !FORBIDDEN_IN_KEYS.test(partitionKey) &&
    partitionKey.isWellFormed() &&
    sizeOf(partitionKey, keyBytes) <= keyBytes.partition;
  if (isKey) return;
  const expected = `a text of at most ${keyBytes.partition} bytes without / \\ # ? and control characters`;
  throw invalidOption('partitionKey', expected, `another ${typeof partitionKey}`);
}

/** Refuses an invalid table name. Throws `validation.invalid-option`. */
export function checkCollectionTable(table: string, collection: string): string {
  if (tableNameProblem(table) === undefined) return table;
  const expected = `for the collection "${collection}" a table name, 3 to 63 letters and digits, the first one a letter, and not "tables"`;
  throw invalidOption('tableName', expected, `another ${typeof table}`);
}

/** Refuses a key that is not a string, which plain JavaScript may pass. Throws `key.wrong-type`. */
export function checkEntryKey(key: string, collection: string): string {
  if (typeof key === 'string') return key;
  const found = typeof key;
  const details = { className: collection, key: 'RowKey', expected: 'a text', found } as const;
  throw new EntitableError('key.wrong-type', `A key of the collection ${collection} is a text, not ${found}.`, details);
}

/**
 * Refuses, before anything is sent, a row key that the service would reject. Throws `key.forbidden-character`,
 * `key.unpaired-surrogate` and `key.too-long`.
 */
export function checkRowKey(rowKey: string, collection: string, { keyBytes }: ServiceLimits): void {
  const at = { className: collection, key: 'RowKey' } as const;
  const character = FORBIDDEN_IN_KEYS.exec(rowKey)?.[0];
  if (character !== undefined) {
    const message = `A key of the collection ${collection} has a character that the service forbids (/ \\ # ? and control characters). Use the JSON format, which escapes it.`;
    throw new EntitableError('key.forbidden-character', message, { ...at, character });
  }
  if (!rowKey.isWellFormed()) {
    const message = `A key of the collection ${collection} holds half of a surrogate pair, which cannot be sent. Use the JSON format, which escapes it.`;
    throw new EntitableError('key.unpaired-surrogate', message, at);
  }
  const size = sizeOf(rowKey, keyBytes);
  if (size > keyBytes.row) {
    const message = `A key of the collection ${collection} is stored as ${size} bytes; the store takes ${keyBytes.row}. Use a shorter one, e.g. a hash of it.`;
    throw new EntitableError('key.too-long', message, { ...at, size, limit: keyBytes.row });
  }
}

/**
 * Refuses a value that does not fit into an entity. Throws `validation.entity-too-large` and
 * `validation.too-many-properties`.
 */
export function checkEntrySize(bytes: number, properties: number, collection: string, limits: ServiceLimits): void {
  if (properties > limits.properties) {
    const message = `A value for the collection ${collection} makes ${properties} properties; the store takes ${limits.properties}. Store it in parts.`;
    throw new EntitableError('validation.too-many-properties', message, {
      className: collection,
      count: properties,
      limit: limits.properties,
    });
  }
  if (bytes > limits.entityBytes) {
    const message = `A value for the collection ${collection} makes an entity of ${bytes} bytes; the store takes ${limits.entityBytes}. Store it in parts.`;
    throw new EntitableError('validation.entity-too-large', message, {
      className: collection,
      size: bytes,
      limit: limits.entityBytes,
    });
  }
}

/**
 * Creates the error for a row that holds no value of this format. The cause goes into `details`, not into the message,
 * because it may quote stored values.
 */
export function unreadable(collection: string, row: RowReader, error: unknown): EntitableError {
  const [partitionKey, rowKey] = [row.string(PARTITION_KEY), row.string(ROW_KEY)];
  return new EntitableError(
    'entity.unreadable',
    `The row ("${partitionKey}", "${rowKey}") of the collection ${collection} holds no value of the JSON format: something else wrote it. Mend it, or read it in its own format; why it cannot be read is in details.error.`,
    { className: collection, property: 'value', storedName: 'json_1', partitionKey, rowKey, error },
  );
}

function sizeOf(key: string, { encoding }: ServiceLimits['keyBytes']): number {
  return encoding === 'utf16' ? key.length * 2 : Buffer.byteLength(key);
}
