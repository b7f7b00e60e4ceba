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

/**
 * Returns the address of an entity, of an object with its key properties, or of `{ partitionKey, rowKey }`. Throws
 * `key.*`.
 */
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
 * Returns the stored partition key for an object with its key properties, or for `{ partitionKey }`. Throws `key.*`.
 *
 * An object that also has a part of the row key is rejected: it names one row, and using it as a partition would read,
 * or delete, all other rows as well.
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
  // The keys of an entity may be accessors of its class, which are not own properties.
  const isEntity = source instanceof entityClass;
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

/** Rejects an argument that should be an object with properties of the class. Throws `entity.not-an-object`. */
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

/**
 * Returns whether an object contains the stored keys themselves, as `partitionKey` and `rowKey`, instead of the key
 * properties of the class.
 */
function stated(source: object, { partitionKey, rowKey }: EntityMetadata): boolean {
  return statesPart(source, partitionKey, 'partitionKey') && statesPart(source, rowKey, 'rowKey');
}

function statesPart(source: object, template: KeyTemplate, name: 'partitionKey' | 'rowKey'): boolean {
  if (typeof (source as Record<string, unknown>)[name] !== 'string') return false;
  const part = template.parts.find((candidate) => candidate.name === name);
  // A key property that is itself named `partitionKey` or `rowKey` holds the value of the part, not the stored key. If
  // it has a converter, a string is taken for the stored key.
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

/**
 * The maximum number of unknown names that a message lists. The object may be a client's input with any number of them.
 */
const NAMED = 3;

/**
 * Improves the error for an object that lacks a part of the key. The new message names the entity class that the object
 * belongs to, if it is not this one, or the unknown properties that the object has instead.
 */
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

/** Returns the stored keys of a row. */
export function addressOfRow(row: RowReader): Address {
  return { partitionKey: row.string(PARTITION_KEY), rowKey: row.string(ROW_KEY) };
}

/**
 * Returns the address of an entity that was read from a row: each stored key is kept if the entity's key properties
 * still match it.
 *
 * A stored key can be more precise than the property read from it, e.g. a key with 100 ns precision that a .NET program
 * wrote. Composing it again from the property would address another row.
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

/**
 * Rejects a key that is longer than the store allows. Throws `key.too-long`.
 *
 * @param indexed - for the key of an entry of an index, the properties that it is composed of, beside the entity's keys
 */
export function checkKeySize(
  { key, className, index }: Pick<KeyTemplate, 'key' | 'className' | 'index'>,
  text: string,
  limits: ServiceLimits,
  indexed: readonly string[] = [],
): void {
  const limit = key === 'PartitionKey' ? limits.keyBytes.partition : limits.keyBytes.row;
  const size = keySize(text, limits);
  if (size > limit) {
    const of = index === undefined ? className : `an entry of the index ${index.name} of ${index.className}`;
    const [property, ...others] = indexed;
    throw new EntitableError(
      'key.too-long',
      `The ${key} of ${of} has ${size} bytes in ${limits.keyBytes.encoding === 'utf16' ? 'UTF-16' : 'UTF-8'}; the store takes ${limit}. ` +
        `Shorten ${property === undefined ? 'its parts' : indexed.join(' or ')}.`,
      {
        className: index?.className ?? className,
        key,
        size,
        limit,
        ...(property !== undefined && others.length === 0 && { property }),
      },
    );
  }
}
