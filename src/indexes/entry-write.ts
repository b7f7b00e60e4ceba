import { EntitableError } from '../errors/entitable-error.js';
import type { Address } from '../mapping/entity-address.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { RowReader, RowShape, Slot } from '../store/row.js';
import type { PreparedWrite, Rows } from '../store/table-store.js';
import type { GroupRow } from '../writing/batch.js';
import { placesOf } from './entry-place.js';
import type { Entry, EntryMaker, IndexedValues } from './index-entry.js';

/** The rows of the entities whose entries are written. */
export interface IndexedRows {
  readonly mapper: EntityMapper<object>;
  readonly slots: readonly Slot[];
  values(row: RowReader): IndexedValues;
}

/** An entry that is written or deleted, with its index and its entity. */
export interface EntryOf {
  readonly indexed: IndexedRows;
  readonly maker: EntryMaker;
  readonly entity: Address;
  readonly entry: Entry;
}

/**
 * The effect of the write of an entry. A `replace` takes over the stored entry of a unique index if no other entity has
 * its values any more; it is conditional on that entry's ETag.
 */
type EntryMode = 'insert' | 'upsert-replace' | 'replace' | 'delete';

/** The write of one entry of an index, in the same transaction as the row of its entity. */
export class EntryWrite implements GroupRow {
  readonly write: PreparedWrite;
  readonly ifMatch: string | undefined;
  readonly #of: EntryOf;
  readonly #mode: EntryMode;

  constructor(of: EntryOf, mode: EntryMode, ifMatch?: string) {
    const { maker, entry } = of;
    const { partitionKey, rowKey, values } = entry;
    this.#of = of;
    this.#mode = mode;
    // A delete accepts any ETag: the same transaction writes the entity, on condition that its ETag has not changed.
    this.ifMatch = mode === 'delete' ? '*' : ifMatch;
    const condition = this.ifMatch === undefined ? {} : { ifMatch: this.ifMatch };
    const target = { mode, partitionKey, rowKey, ...condition };
    this.write = mode === 'delete' ? maker.mapper.prepare(target, []) : maker.mapper.prepareWhole(target, values);
  }

  get index(): string {
    return this.#of.maker.index.name;
  }

  get rows(): Rows {
    return this.#of.maker.mapper.rows;
  }

  get shape(): RowShape {
    return this.#of.maker.mapper.shape;
  }

  async refused(error: EntitableError, options: OperationOptions): Promise<GroupRow | undefined> {
    if (this.#mode === 'delete' && error.code === 'store.not-found') return undefined; // another program deleted it
    if (this.#mode === 'insert' && error.code === 'store.already-exists') return this.#takeOver(options);
    const isRaced = error.code === 'store.precondition-failed' || error.code === 'store.not-found';
    if (this.#mode === 'replace' && isRaced) return new EntryWrite(this.#of, 'insert');
    throw error;
  }

  replacing(): GroupRow {
    return new EntryWrite(this.#of, 'upsert-replace');
  }

  conflict(): EntitableError {
    return notUnique(this.#of.maker);
  }

  /**
   * Returns the row that takes over an entry whose values no other entity has: the entity of the entry no longer
   * exists, has different values now, or is the entity being written. Throws `entity.not-unique` if another entity has
   * these values.
   */
  async #takeOver(options: OperationOptions): Promise<GroupRow> {
    const { maker, entity, entry } = this.#of;
    const found = await entryAt(maker, entry, options);
    if (found === undefined) return this; // the entry was deleted meanwhile
    const { etag, owner } = found;
    const isFree = owner === undefined || owner === entity.rowKey || !(await this.#isHeldBy(owner, options));
    if (!isFree) {
      throw notUnique(maker, { owner: { partitionKey: entity.partitionKey, rowKey: owner } });
    }
    return new EntryWrite(this.#of, 'replace', etag);
  }

  /** Returns whether the entity with the given row key, in the same partition, has the values of this entry. */
  async #isHeldBy(rowKey: string, options: OperationOptions): Promise<boolean> {
    const { maker, entity, entry, indexed } = this.#of;
    const { partitionKey } = entity;
    const isHeld = await indexed.mapper.rows.get(
      partitionKey,
      rowKey,
      (row) => maker.storedEntryOf({ partitionKey, rowKey }, indexed.values(row))?.rowKey === entry.rowKey,
      { select: indexed.slots },
      options,
    );
    return isHeld ?? false;
  }
}

/**
 * Reads the entry at an address. Returns its ETag and the row key of its entity; that is `undefined` if no entity of
 * the class can have it.
 */
async function entryAt(
  maker: EntryMaker,
  { partitionKey, rowKey }: Address,
  options: OperationOptions,
): Promise<{ readonly etag: string; readonly owner: string | undefined } | undefined> {
  const places = placesOf(maker);
  return maker.mapper.rows.get(
    partitionKey,
    rowKey,
    (row) => ({ etag: row.etag, owner: places.of(row)?.rowKey }),
    { select: places.slots, etag: true },
    options,
  );
}

/** Details of the entity that already has the values of a unique index, as far as they are known. */
export interface Taken {
  readonly owner?: Address | undefined;
  /** True if the write of that entity may still be under way. */
  readonly isPending?: boolean | undefined;
}

/**
 * Creates the error for unique values that another entity already has. The error never contains the values. It has no
 * cause either, because the store's error names the key of the entry, which is made of the values.
 */
export function notUnique(
  { className, index, names }: EntryMaker,
  { owner, isPending = false }: Taken = {},
): EntitableError {
  const where = index.partition === undefined ? ' of this partition' : '';
  const remedy = isPending
    ? `It may be about to be written. If it is not, the values become free ${index.grace / 1000} seconds after they were reserved.`
    : 'Use other values, or change or delete that entity first.';
  return new EntitableError(
    'entity.not-unique',
    `Another ${className}${where} has ${isPending ? 'reserved ' : ''}the same ${names.join(' and ')} (index ${index.name}). ${remedy}`,
    {
      className,
      index: index.name,
      properties: names,
      ...(owner !== undefined && { owner }),
      ...(isPending && { pending: true }),
    },
  );
}
