import type { EntityMetadata } from '../metadata/entity-metadata.js';
import { EntitableError } from '../errors/entitable-error.js';
import { memberFailed } from '../errors/member-failed.js';
import { isObject } from '../options/check-option.js';
import { typeName } from '../errors/type-name.js';
import { classOf } from '../metadata/class-of.js';
import { composeKey, parseKey, type KeyTemplate } from '../metadata/key-template.js';
import { checkKeyText } from '../metadata/key-text.js';
import { knownRecord } from '../metadata/registry.js';
import { keySize, type ServiceLimits } from '../store/limits.js';
import { PARTITION_KEY, ROW_KEY, type RowReader } from '../store/row.js';

/** The stored keys of one row. */
export interface Address {
  readonly partitionKey: string;
  readonly rowKey: string;
}

/** Makes the address of an entity, or of an object that holds its key properties or `{ partitionKey, rowKey }`. Throws `key.*`. */
export function addressOf(metadata: EntityMetadata, source: object, limits: ServiceLimits): Address {
  const { partitionKey, rowKey } = metadata;
  requireObject(metadata.className, 'An entity or a key', source, () => [
    ...partNames(partitionKey),
    ...partNames(rowKey),
  ]);
  try {
    return stated(source, metadata)
      ? { partitionKey: storedText(partitionKey, source, limits), rowKey: storedText(rowKey, source, limits) }
      : {
          partitionKey: composed(metadata, partitionKey, source, limits),
          rowKey: composed(metadata, rowKey, source, limits),
        };
  } catch (error) {
    throw memberFailed(metadata.className, undefined, error);
  }
}

/**
 * The stored partition key that an object of its key properties, or `{ partitionKey }`, stands for. Throws `key.*`, also for an object
 * that has a part of the row key: it names one row, and whoever takes it for the partition reads, or deletes, all the others too.
 */
export function partitionOf(metadata: EntityMetadata, source: object, limits: ServiceLimits): string {
  const { partitionKey } = metadata;
  requireObject(metadata.className, 'A partition', source, () => partNames(partitionKey));
  try {
    checkNoRowKey(metadata, source);
    return statesPart(source, partitionKey, 'partitionKey')
      ? storedText(partitionKey, source, limits)
      : composed(metadata, partitionKey, source, limits);
  } catch (error) {
    throw memberFailed(metadata.className, undefined, error);
  }
}

function checkNoRowKey({ className, entityClass, members, rowKey }: EntityMetadata, source: object): void {
  const names = members.has('rowKey') ? partNames(rowKey) : [...partNames(rowKey), 'rowKey'];
  const isEntity = source instanceof entityClass; // its keys may be accessors, which are not its own
  const property = names.find(
    (name) => (isEntity || Object.hasOwn(source, name)) && (source as Record<string, unknown>)[name] !== undefined,
  );
  if (property === undefined) return;
  throw new EntitableError(
    'key.unexpected-part',
    `A partition of ${className} was given with "${property}", which is part of the RowKey: it would be ignored. ` +
      'For the one row use get(key) or delete(key), for some rows of the partition where(…), and for all of them leave it out.',
    { className, key: 'RowKey', property },
  );
}

/** Refuses what is no object where one of some properties belongs. Throws `entity.not-an-object`. */
export function requireObject(className: string, what: string, source: unknown, names: () => readonly string[]): void {
  if (isObject(source) && !(source instanceof Promise)) return;
  const found = typeName(source);
  throw new EntitableError(
    'entity.not-an-object',
    `${what} of ${className} is an object, not ${found}. Give { ${names().join(', ')} }.`,
    { className, found },
  );
}

function partNames({ parts }: KeyTemplate): readonly string[] {
  return parts.map(({ name }) => name);
}

/** Whether an object states the stored keys themselves, as an unmarked class is addressed. */
function stated(source: object, { partitionKey, rowKey }: EntityMetadata): boolean {
  return statesPart(source, partitionKey, 'partitionKey') && statesPart(source, rowKey, 'rowKey');
}

function statesPart(source: object, template: KeyTemplate, name: 'partitionKey' | 'rowKey'): boolean {
  if (typeof (source as Record<string, unknown>)[name] !== 'string') return false;
  const part = template.parts.find((candidate) => candidate.name === name);
  // A property of that very name holds the part itself, unless its values are not the stored text.
  if (part !== undefined) return part.converter !== undefined;
  return (
    template.parts.length === 0 ||
    template.parts.some((candidate) => (source as Record<string, unknown>)[candidate.name] === undefined)
  );
}

function storedText(template: KeyTemplate, source: object, limits: ServiceLimits): string {
  const text = (source as Record<string, string>)[template.key === 'PartitionKey' ? 'partitionKey' : 'rowKey']!;
  checkKeyText(template, text);
  checkKeySize(template, text, limits);
  return text;
}

function composed(metadata: EntityMetadata, template: KeyTemplate, source: object, limits: ServiceLimits): string {
  let text: string;
  try {
    text = composeKey(template, source);
  } catch (error) {
    throw notItsKey(metadata, source, error);
  }
  checkKeySize(template, text, limits);
  return text;
}

/** Names of a message at most: the object may come from outside. */
const NAMED = 3;

/** The refusal of an object without a part of the key, which says of which class it is, or names what it has instead. */
function notItsKey({ className, entityClass, members }: EntityMetadata, source: object, error: unknown): unknown {
  if (!EntitableError.is(error, 'key.missing-part') || source instanceof entityClass) return error;
  const own = classOf(source);
  if (own !== undefined && knownRecord(own)?.entity !== undefined) {
    const { key, property } = error.details;
    return new EntitableError(
      'key.missing-part',
      `This is an entity of ${own.name}, not of ${className}: it has no ${property}, of which the ${key} is composed. ` +
        'Give it to the repository of its class.',
      error.details,
    );
  }
  const unknown = Object.keys(source).filter((name) => !members.has(name) && !STORED_KEYS.has(name));
  if (unknown.length === 0) return error;
  const named = unknown.slice(0, NAMED).map((name) => `"${name}"`);
  return new EntitableError(
    'key.missing-part',
    `${error.message} The object has ${named.join(', ')}, which ${className} has not: is a name misspelt?`,
    error.details,
  );
}

const STORED_KEYS: ReadonlySet<string> = new Set(['partitionKey', 'rowKey']);

/** The stored keys of a row. */
export function addressOfRow(row: RowReader): Address {
  return { partitionKey: row.string(PARTITION_KEY), rowKey: row.string(ROW_KEY) };
}

/**
 * The address of an entity that was read from a row: each stored key, where the entity's key properties still stand for it.
 *
 * A stored key may be finer than the property that was read from it, such as the 100 ns in a key that a .NET program wrote: derived
 * anew it would be another row's.
 */
export function refinedAddress({ partitionKey, rowKey }: EntityMetadata, derived: Address, stored: Address): Address {
  return {
    partitionKey: refined(partitionKey, derived.partitionKey, stored.partitionKey),
    rowKey: refined(rowKey, derived.rowKey, stored.rowKey),
  };
}

function refined(template: KeyTemplate, derived: string, stored: string): string {
  if (stored === derived) return stored;
  const values = parseKey(template, stored);
  const again = composeKey(
    template,
    Object.fromEntries(template.parts.map(({ name }, index) => [name, values[index]])),
  );
  return again === derived ? stored : derived;
}

/** Refuses a key that is longer than the store allows. */
function checkKeySize(
  { key, className }: Pick<KeyTemplate, 'key' | 'className'>,
  text: string,
  limits: ServiceLimits,
): void {
  const limit = key === 'PartitionKey' ? limits.keyBytes.partition : limits.keyBytes.row;
  const size = keySize(text, limits);
  if (size > limit) {
    throw new EntitableError(
      'key.too-long',
      `The ${key} of ${className} has ${size} bytes in ${limits.keyBytes.encoding === 'utf16' ? 'UTF-16' : 'UTF-8'}; the store takes ${limit}. Shorten its parts.`,
      { className, key, size, limit },
    );
  }
}
