import { EntitableError } from '../errors/entitable-error.js';
import type { Address } from '../mapping/entity-address.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import type { EntityClass } from '../metadata/key-types.js';
import type { Index } from '../metadata/indexes/declaration.js';
import { metadataOf } from '../metadata/metadata-of.js';

const SAYS = {
  'store.already-exists': 'is stored already. Use upsert to write over it, whatever it holds.',
  'store.not-found': 'is not stored.',
  'store.precondition-failed': 'was changed meanwhile. Read it again and repeat the change.',
} as const;

type RowCode = keyof typeof SAYS;

/** Creates the error about one row. Its message names the entity class, and is the same for every store. */
export function rowError<T extends object>(
  mapper: EntityMapper<T>,
  address: Address,
  code: RowCode,
  refused?: EntitableError,
): EntitableError {
  const details = { table: mapper.table, ...refused?.details };
  const message = `${rowName(mapper, address)} ${SAYS[code]}${ofCopies(mapper, code)}`;
  return new EntitableError(code, message, details, refused && { cause: refused });
}

/**
 * Returns a hint for the message of `store.already-exists`: `save` takes a copy of an entity for a new entity, unless
 * the copy has the entity's ETag in an `@ETag` property.
 */
function ofCopies<T extends object>({ metadata: { className, etag } }: EntityMapper<T>, code: RowCode): string {
  if (code !== 'store.already-exists' || etag !== undefined) return '';
  return ` If it is a copy of one that was read, or a proxy of it: save() knows copies by their @ETag() property alone, and ${className} declares none.`;
}

function rowName<T extends object>({ metadata, table }: EntityMapper<T>, { partitionKey, rowKey }: Address): string {
  return `${metadata.className} ("${partitionKey}", "${rowKey}") of the table ${table}`;
}

/**
 * Translates an error of the store that is about a row into one that names the entity class. Returns other errors
 * unchanged.
 */
export function inWordsOf<T extends object>(mapper: EntityMapper<T>, address: Address, error: unknown): unknown {
  return EntitableError.is(error, 'store.') && isRowCode(error.code)
    ? rowError(mapper, address, error.code, error)
    : error;
}

function isRowCode(code: string): code is RowCode {
  return Object.hasOwn(SAYS, code);
}

/** Creates the error for a key without an entity, for operations that require one. */
export function noEntity(entityClass: EntityClass, key: object): EntitableError {
  const { className, table } = metadataOf(entityClass);
  return new EntitableError(
    'store.not-found',
    `No ${className} has the key ${keyText(entityClass, key)}. Use get() where that is expected.`,
    { table },
  );
}

/** Formats a key for a message: the names and texts of its parts, but no other members of the object. */
function keyText(entityClass: EntityClass, key: object): string {
  const { partitionKey, rowKey } = metadataOf(entityClass);
  const parts = [...partitionKey.parts, ...rowKey.parts].map(({ name }) => name).filter((name) => name in key);
  const names = parts.length > 0 ? parts : ['partitionKey', 'rowKey'];
  const text = (part: unknown): string => (part instanceof Date ? part.toISOString() : String(part));
  return `(${names.map((name) => `${name}: "${text((key as Record<string, unknown>)[name])}"`).join(', ')})`;
}

/** Creates the error for values of a unique index that no entity has. It never contains the values. */
export function noEntityBy(entityClass: EntityClass, declared: Index): EntitableError {
  const { className, table, indexes } = metadataOf(entityClass);
  const { name, partition = [], on } = indexes.find((index) => index.declared === declared)!;
  const names = [...partition, ...on].join(' and ');
  return new EntitableError(
    'store.not-found',
    `No ${className} has this ${names} (index ${name}). Use getBy() where that is expected.`,
    { table },
  );
}
