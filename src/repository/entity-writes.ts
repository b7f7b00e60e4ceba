import type { IndexRows, KnownRow } from '../indexes/index-rows.js';
import { isLostRace, readKnown } from '../indexes/known-row.js';
import type { Address } from '../mapping/entity-address.js';
import type { EntityMapper, Kept } from '../mapping/entity-mapper.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { PreparedWrite, WriteReceipt } from '../store/table-store.js';
import type { ApartEntries, GroupRow, ReadyWrite, Repetition, TableWrite } from '../writing/batch.js';
import { checkGroup } from '../writing/check-group.js';
import { inWordsOf, rowError } from './row-error.js';

/** One write of an entity or a key. It records the store's response, such as the new ETag, on the entity. */
export class EntityWrite<T extends object> implements ReadyWrite {
  readonly #mapper: EntityMapper<T>;
  readonly write: PreparedWrite;
  readonly others: readonly GroupRow[] | undefined;
  readonly apart: ApartEntries | undefined;
  /** Makes the write again if another writer changes the row. Set for a bulk write's item whose row was read first. */
  again: Repetition | undefined;
  readonly #entity: object | undefined;
  readonly #kept: Kept | undefined;

  /**
   * @param entity - The entity that is written; `undefined` for a write by key.
   * @param kept - The part of the row that the write of an entity leaves as it is.
   * @param entries - The entries that the write changes in the indexes of the class. Throws `commit.not-atomic` if the
   *   transaction cannot hold those that are written in it.
   */
  constructor(
    mapper: EntityMapper<T>,
    write: PreparedWrite,
    entity: object | undefined,
    kept?: Kept,
    entries?: Pick<TableWrite, 'others' | 'apart'>,
  ) {
    this.#mapper = mapper;
    this.write = write;
    this.others = entries?.others;
    this.apart = entries?.apart;
    this.#entity = entity;
    this.#kept = kept;
    if (this.others !== undefined) checkGroup([this], mapper.store.traits.limits, mapper.metadata.className);
  }

  get table(): string {
    return this.#mapper.table;
  }

  /** Records on the entity that it was written. */
  written(receipt: WriteReceipt): void {
    if (this.#entity === undefined) return;
    if (this.write.mode === 'delete') this.#mapper.deleted(this.#entity);
    else this.#mapper.written(this.#entity, this.write, receipt, this.#kept);
  }

  /** Translates the store's error for this write into one that names the entity class. */
  refused(error: unknown): unknown {
    return inWordsOf(this.#mapper, this.write, error);
  }
}

/**
 * A write that must know the stored row, because the entries that it changes in the indexes of the class depend on it.
 * The row is read first, and written on condition that it still has the ETag that was read.
 */
export class KnowingWrite<T extends object> {
  readonly address: Address;
  /** True if the row may be missing, as for an upsert. */
  readonly mayBeMissing: boolean;
  readonly #mapper: EntityMapper<T>;
  readonly #ifMatch: string;
  readonly #make: (known: KnownRow | undefined) => EntityWrite<T>;

  /**
   * @param ifMatch - The ETag that the row must have, `*` for any, `undefined` for a row that may be missing.
   * @param make - Makes the write for the row as it was read.
   */
  constructor(
    mapper: EntityMapper<T>,
    address: Address,
    ifMatch: string | undefined,
    make: (known: KnownRow | undefined) => EntityWrite<T>,
  ) {
    this.#mapper = mapper;
    this.address = address;
    this.mayBeMissing = ifMatch === undefined;
    this.#ifMatch = ifMatch ?? '*';
    this.#make = make;
  }

  /** Returns whether a refusal means that another writer was faster, so that reading again may succeed. */
  isLostRace(error: unknown): boolean {
    return this.#ifMatch === '*' && isLostRace(error, this.mayBeMissing);
  }

  /** Reads the row and makes the write. Throws `store.not-found`, `store.precondition-failed`. */
  async read(indexes: IndexRows, options: OperationOptions | undefined): Promise<EntityWrite<T>> {
    const known = await readKnown(indexes, this.address, options);
    if (known === undefined && !this.mayBeMissing) throw rowError(this.#mapper, this.address, 'store.not-found');
    if (known !== undefined && this.#ifMatch !== '*' && known.etag !== this.#ifMatch)
      throw rowError(this.#mapper, this.address, 'store.precondition-failed');
    return this.#make(known);
  }

  /** Reads the row and makes a write that a bulk write can make anew if another writer changes the row. */
  async prepare(indexes: IndexRows, options: OperationOptions): Promise<EntityWrite<T>> {
    const write = await this.read(indexes, options);
    write.again = { when: (error) => this.isLostRace(error), prepare: () => this.prepare(indexes, options) };
    return write;
  }
}
