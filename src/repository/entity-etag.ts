import { EntitableError } from '../errors/entitable-error.js';
import { readMember } from '../errors/member-failed.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import { addressOfRow, type Address } from '../mapping/entity-address.js';
import { stateOf, type StoredState } from '../mapping/stamp.js';
import { checkEtag } from '../store/check-etag.js';
import type { RetainedRow } from '../store/row.js';
import type { OperationOptions } from '../options/operation-options.js';
import { rowError } from './row-error.js';

/**
 * Returns the value of the `@ETag` property; `undefined` if the class declares none, or if it is `undefined`, `null` or
 * an empty text. Throws `validation.invalid-etag` for a value that is not an ETag.
 */
export function statedEtag<T extends object>(mapper: EntityMapper<T>, entity: object): string | undefined {
  const value = etagMember(mapper, entity) ?? '';
  if (value === '') return undefined;
  checkEtag(value);
  return value;
}

/**
 * Returns the If-Match condition of a delete by key: the `etag` option, or else the `@ETag` property of the key object,
 * or else `'*'`. Throws `validation.invalid-etag` for an invalid ETag, including `null` and an empty text, because a
 * caller who passes one wants a condition.
 */
export function keyCondition<T extends object>(mapper: EntityMapper<T>, key: object, etag: string | undefined): string {
  checkEtag(etag);
  const known = etag ?? etagMember(mapper, key);
  checkEtag(known);
  return known ?? '*';
}

function etagMember<T extends object>({ metadata }: EntityMapper<T>, holder: object): string | undefined {
  return metadata.etag === undefined
    ? undefined
    : (readMember(metadata.className, holder, metadata.etag) as string | undefined);
}

/**
 * Returns the state that was recorded when an entity was last loaded or written, e.g. its row and ETag; `undefined` if
 * there is none. Throws `entity.foreign` if the row belongs to a store or table other than the mapper's.
 */
export function ownState<T extends object>(mapper: EntityMapper<T>, entity: object): StoredState | undefined {
  const state = stateOf(entity);
  if (state?.kind !== 'stored') return undefined;
  if (mapper.owns(state.source)) return state;
  const { className, partitionKey, rowKey } = mapper.metadata;
  const names = [...partitionKey.parts, ...rowKey.parts].map(({ name }) => name);
  const key = names.length === 0 ? 'partitionKey, rowKey' : names.join(', ');
  throw new EntitableError(
    'entity.foreign',
    `This ${className} was read from, or written to, another store or the table "${state.source.table}", so its ETag means nothing here. ` +
      `To copy it, use insert or upsert. To delete or change the row that is here, name it by its key: delete({ ${key} }).`,
    { className, table: state.source.table },
  );
}

/**
 * Returns whether the `@ETag` property of a loaded entity is unset, or is still the ETag that the entity was loaded
 * with.
 */
export function hasLoadedEtag<T extends object>(mapper: EntityMapper<T>, entity: object): boolean {
  const etag = statedEtag(mapper, entity);
  return etag === undefined || etag === ownState(mapper, entity)?.etag;
}

/**
 * Returns whether an entity was never loaded, written or deleted through this package. The program may have created it,
 * or received it from a client.
 */
export function wasNeverStored(entity: object): boolean {
  const state = stateOf(entity);
  return state === undefined || state.kind === 'made';
}

/**
 * Returns the known content of an entity's row; `undefined` if the entity was neither read from nor written to the
 * mapper's table.
 */
export function ownRow<T extends object>(mapper: EntityMapper<T>, entity: object): RetainedRow | undefined {
  const state = stateOf(entity);
  return state?.kind === 'stored' && mapper.owns(state.source) ? state.row : undefined;
}

/**
 * Returns whether an argument is an entity: an instance of the class, or any object that was loaded or written. Any
 * other object is a key.
 */
export function isEntity<T extends object>({ metadata }: EntityMapper<T>, entityOrKey: object): boolean {
  try {
    return entityOrKey instanceof metadata.entityClass || stateOf(entityOrKey) !== undefined;
  } catch {
    return false; // a revoked proxy, which is reported when it is read later
  }
}

/**
 * Returns the If-Match condition for replacing or deleting an entity. Throws `validation.invalid-etag`,
 * `entity.no-etag`, `entity.foreign`, `key.changed`.
 */
export function ifMatchOf<T extends object>(
  mapper: EntityMapper<T>,
  entity: object,
  address: Address,
  etag: string | undefined,
): string {
  checkEtag(etag);
  const state = ownState(mapper, entity);
  if (state !== undefined) checkKeyUnchanged(mapper, state, address);
  const known = etag ?? statedEtag(mapper, entity) ?? state?.etag;
  if (known !== undefined) return known;
  const { className } = mapper.metadata;
  throw new EntitableError(
    'entity.no-etag',
    `This ${className} has no ETag, so a change by somebody else would be overwritten. Read it first, pass { etag: '*' } to write over whatever is there, or use upsert.`,
    { className },
  );
}

/** Throws `key.changed` if the entity that `modify` is about to insert has a key other than the expected one. */
export function checkAddress<T extends object>(mapper: EntityMapper<T>, expected: Address, entity: object): void {
  const changed = partsThatDiffer(mapper, expected, mapper.addressOf(entity));
  if (changed.length === 0) return;
  const { className } = mapper.metadata;
  throw new EntitableError(
    'key.changed',
    `The ${className} that modify() is to insert does not have the key that modify() was given (${changed.join(', ')}). ` +
      'Let `missing` make an entity with that key, and let the change leave the key alone.',
    { className, properties: changed },
  );
}

/**
 * Throws `validation.invalid-option` if the `change` function of `modify` returned a copy of the entity, or a patch,
 * because only the entity itself is written. Other results of an arrow function, such as a number or a value that was
 * just assigned, are ignored.
 */
export function checkGiven<T extends object>(mapper: EntityMapper<T>, entity: T, given: unknown): void {
  if (typeof given !== 'object' || given === null || given === entity || !isCopyOrPatch(mapper, given)) return;
  const { className, members } = mapper.metadata;
  const values = [...members.keys()].map((name) => (entity as Record<string, unknown>)[name]);
  if (values.includes(given) || Object.values(entity).includes(given)) return;
  throw new EntitableError(
    'validation.invalid-option',
    `The change of modify() gave another object than the ${className} that it was given, which alone is written. Change that one, e.g. by ` +
      'Object.assign(entity, { … }), and return nothing.',
    { option: 'change', expected: 'a function that changes the entity', found: 'one that gives another object' },
  );
}

/** Returns whether an object is a copy or a patch. Arrays, dates and instances of other classes are neither. */
function isCopyOrPatch<T extends object>({ metadata }: EntityMapper<T>, given: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(given);
  return prototype === Object.prototype || prototype === null || given instanceof metadata.entityClass;
}

/**
 * Returns the address of the row of a loaded entity. Throws `key.changed` if its key properties now belong to another
 * row.
 */
export function checkKeyUnchanged<T extends object>(
  mapper: EntityMapper<T>,
  { row }: StoredState,
  address: Address,
): Address {
  const { className } = mapper.metadata;
  const changed = partsThatDiffer(mapper, addressOfRow(mapper.rows.reopen(row)), address);
  if (changed.length === 0) return address;
  throw new EntitableError(
    'key.changed',
    `The key of this ${className} is not the one it was read with (${changed.join(', ')}), and the key of a row never changes. ` +
      'To move an entity, insert a copy that has the new key and delete the old one by its key.',
    { className, properties: changed },
  );
}

/** Returns the names of the key parts in which two addresses differ. */
function partsThatDiffer<T extends object>(
  { metadata: { partitionKey, rowKey } }: EntityMapper<T>,
  left: Address,
  right: Address,
): readonly string[] {
  return [
    ...(left.partitionKey === right.partitionKey ? [] : partitionKey.parts),
    ...(left.rowKey === right.rowKey ? [] : rowKey.parts),
  ].map(({ name }) => name);
}

/**
 * Reads the row of a detached entity, i.e. one that was not loaded from this table but has its `@ETag` property set,
 * and checks that the row still has that ETag. Throws `store.not-found` if there is no row, `store.precondition-failed`
 * if it has another ETag.
 */
export async function readUnder<T extends object>(
  mapper: EntityMapper<T>,
  etag: string,
  address: Address,
  options: OperationOptions | undefined,
): Promise<{ readonly etag: string; readonly row: RetainedRow }> {
  const found = await mapper.rows.get(
    address.partitionKey,
    address.rowKey,
    (row) => ({ etag: row.etag, row: row.retain() }),
    undefined,
    options,
  );
  if (found === undefined) throw rowError(mapper, address, 'store.not-found');
  if (found.etag === etag || etag === '*') return found;
  throw rowError(mapper, address, 'store.precondition-failed');
}
