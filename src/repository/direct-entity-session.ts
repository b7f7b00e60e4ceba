import { checkChoice, isList, checkCount } from '../options/check-option.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { Address } from '../mapping/entity-address.js';
import type { EntityMapper, Remembered } from '../mapping/entity-mapper.js';
import type { KeyOf, PartitionsOf, PatchOf } from '../metadata/key-types.js';
import type { Index } from '../metadata/indexes/declaration.js';
import type { IndexKeysOf, UniqueKeyOf } from '../metadata/indexes/index-types.js';
import type { AssignOf, CreateOf } from '../metadata/create-types.js';
import { matchWrites, type MatchWrites } from '../query/matched-writes.js';
import { getByIndex, queryByIndex, type IndexReading } from '../query/indexes/by-index.js';
import { partitionQuery, tableQuery } from '../query/query-factory.js';
import type { Query } from '../query/query.js';
import { Deadline } from '../async/deadline.js';
import type { WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { EntityValidator } from '../validation/entity-validator.js';
import {
  checkItems,
  type BulkDeleteOptions,
  type BulkOptions,
  type BulkResult,
  type BulkUpsertOptions,
  type MergeItem,
} from '../writing/bulk-options.js';
import type { Items } from '../async/item-reader.js';
import { EntityBulk } from './entity-bulk.js';
import { submitGroup } from '../writing/submit-batch.js';
import {
  checkAddress,
  checkGiven,
  checkKeyUnchanged,
  ownState,
  statedEtag,
  hasLoadedEtag,
  wasNeverStored,
  readUnder,
} from './entity-etag.js';
import { KnowingWrite, type EntityWrite } from './entity-writes.js';
import { WriteFactory, upsertMode, type AnyWrite, type FullWrite } from './write-factory.js';
import { untilWritten } from '../indexes/known-row.js';
import { mapConcurrently } from '../async/map-concurrently.js';
import { modify } from './modify.js';
import { rowError } from './row-error.js';
import { withLinkedSignal } from '../async/linked-signal.js';
import type {
  ConditionOptions,
  DeleteOptions,
  EntityOperations,
  GetManyOptions,
  ModifyOptions,
  UpsertOptions,
} from './entity-operations.js';

/** The operations on the entities of one class in a data source. Each is carried out at once. */
export class DirectEntitySession<T extends object> implements EntityOperations<T> {
  readonly #mapper: EntityMapper<T>;
  readonly #writes: WriteFactory<T>;
  readonly #bulk: EntityBulk<T>;

  constructor(mapper: EntityMapper<T>, validator: EntityValidator) {
    this.#mapper = mapper;
    this.#writes = new WriteFactory(mapper, validator);
    this.#bulk = new EntityBulk(mapper, this.#writes);
  }

  create(values: CreateOf<T>): T {
    return this.#mapper.create(values);
  }

  assign(entity: T, patch: AssignOf<T>): T {
    return this.#mapper.assign(entity, patch);
  }

  async get(key: KeyOf<T>, options?: OperationOptions): Promise<T | undefined> {
    return this.#read(this.#mapper.addressOf(key), options);
  }

  async getMany(
    keys: Items<KeyOf<T>>,
    { concurrency = 16, ...options }: GetManyOptions = {},
  ): Promise<(T | undefined)[]> {
    const most = checkCount('concurrency', concurrency, 1);
    checkItems('getMany', keys);
    return withLinkedSignal(options.signal, (signal) => {
      const wide = { ...options, signal };
      if (!(Symbol.iterator in keys)) return mapConcurrently(keys, most, (key) => this.get(key, wide), signal);
      // Keys that are in memory are all checked before the first request.
      const addresses = Array.from(keys, (key) => this.#mapper.addressOf(key));
      return mapConcurrently(addresses, most, (address) => this.#read(address, wide));
    });
  }

  async exists(key: KeyOf<T>, options?: OperationOptions): Promise<boolean> {
    const { partitionKey, rowKey } = this.#mapper.addressOf(key);
    const keysOnly = { select: [], etag: false };
    return (await this.#mapper.rows.get(partitionKey, rowKey, () => true, keysOnly, options)) ?? false;
  }

  async refresh(entity: T, options?: OperationOptions): Promise<T> {
    const address = this.#mapper.addressOf(entity);
    const state = ownState(this.#mapper, entity);
    if (state !== undefined) checkKeyUnchanged(this.#mapper, state, address);
    const fill = this.#mapper.fill;
    const found = await this.#mapper.rows.get(
      address.partitionKey,
      address.rowKey,
      (row) => (fill(entity, row), true),
      undefined,
      options,
    );
    if (found === undefined) throw rowError(this.#mapper, address, 'store.not-found');
    return entity;
  }

  query(partition: PartitionsOf<T>): Query<T> {
    const partitions: readonly object[] = isList(partition) ? partition : [partition];
    return partitionQuery(
      this.#mapper,
      partitions.map((key) => this.#mapper.partitionOf(key)),
      this.#matchWrites(),
    );
  }

  by<const I extends Index>(index: I, key: IndexKeysOf<T, I>): Query<T> {
    return queryByIndex(this.#indexed, index, key, this.#matchWrites());
  }

  getBy<const I extends Index>(index: I, key: UniqueKeyOf<T, I>, options?: OperationOptions): Promise<T | undefined> {
    return getByIndex(this.#indexed, index, key, options);
  }

  get #indexed(): IndexReading<T> {
    return { mapper: this.#mapper, entities: this.#mapper };
  }

  scan(): Query<T> {
    return tableQuery(this.#mapper, this.#matchWrites());
  }

  insert(entity: T, options?: OperationOptions): Promise<T> {
    return this.#write(entity, { mode: 'insert' }, options);
  }

  async upsert(entity: T, { mode = 'merge', ...options }: UpsertOptions = {}): Promise<T> {
    return this.#write(entity, { mode: upsertMode(mode) }, options);
  }

  async replace(entity: T, { etag, ...options }: ConditionOptions = {}): Promise<T> {
    return this.#write(entity, { mode: 'replace', etag }, options);
  }

  async save(entity: T, options?: OperationOptions): Promise<T> {
    const mapper = this.#mapper;
    const composed = mapper.addressOf(entity);
    const state = ownState(mapper, entity);
    if (state !== undefined) {
      const address = checkKeyUnchanged(mapper, state, composed);
      await this.#saveDifference(entity, address, statedEtag(mapper, entity) ?? state.etag, state, options);
      return entity;
    }
    const etag = wasNeverStored(entity) ? statedEtag(mapper, entity) : undefined;
    if (etag === undefined) return this.insert(entity, options);
    const unassigned = mapper.properties.unassignedBy(entity);
    const deadline = new Deadline(options);
    await deadline.wait(Promise.resolve(this.#writes.validate(entity, unassigned)));
    const found = { ...(await readUnder(mapper, etag, composed, deadline.rest)), unassigned };
    const isWritten = await this.#saveDifference(entity, composed, etag, found, deadline.rest);
    if (!isWritten) mapper.met(entity, found);
    return entity;
  }

  async merge(key: KeyOf<T>, patch: PatchOf<T>, { etag, ...options }: ConditionOptions = {}): Promise<WriteReceipt> {
    return this.#submitReady(this.#writes.merge(key, patch, etag), options);
  }

  async delete(
    entityOrKey: T | KeyOf<T>,
    { etag, missing = 'throw', ...options }: DeleteOptions = {},
  ): Promise<boolean> {
    checkChoice('missing', missing, ['throw', 'ignore']);
    const write = this.#writes.delete(entityOrKey, etag);
    try {
      await this.#submitReady(write, options);
      return true;
    } catch (error) {
      if (missing === 'ignore' && EntitableError.is(error, 'store.not-found')) return false;
      throw error;
    }
  }

  async modify(key: KeyOf<T>, change: (entity: T) => unknown, options: ModifyOptions<T> = {}): Promise<T> {
    const mapper = this.#mapper;
    const address = mapper.addressOf(key);
    return modify<T>(
      {
        read: async (limits) => {
          const entity = await this.#read(address, limits);
          if (entity !== undefined) return { entity, isMade: false };
          if (options.missing === undefined) throw rowError(mapper, address, 'store.not-found');
          const made = await options.missing();
          checkAddress(mapper, address, made);
          return { entity: made, isMade: true };
        },
        change,
        checkGiven: (entity, given) => checkGiven(mapper, entity, given),
        insert: (entity, limits) => {
          checkAddress(mapper, address, entity); // `change` may have modified the key
          return this.insert(entity, limits);
        },
        save: (entity, limits) => this.save(entity, limits),
        // If the `change` function itself set another ETag, a retry cannot succeed.
        canLose: (entity) => hasLoadedEtag(mapper, entity),
      },
      options,
    );
  }

  insertMany(entities: Items<T>, options?: BulkOptions): Promise<BulkResult<T>> {
    return this.#bulk.insertMany(entities, options);
  }

  upsertMany(entities: Items<T>, options?: BulkUpsertOptions): Promise<BulkResult<T>> {
    return this.#bulk.upsertMany(entities, options);
  }

  mergeMany(changes: Items<MergeItem<T>>, options?: BulkOptions): Promise<BulkResult<MergeItem<T>>> {
    return this.#bulk.mergeMany(changes, options);
  }

  deleteMany(entitiesOrKeys: Items<T | KeyOf<T>>, options?: BulkDeleteOptions): Promise<BulkResult<T | KeyOf<T>>> {
    return this.#bulk.deleteMany(entitiesOrKeys, options);
  }

  #read({ partitionKey, rowKey }: Address, options: OperationOptions | undefined): Promise<T | undefined> {
    return this.#mapper.rows.get(partitionKey, rowKey, this.#mapper.decode, undefined, options);
  }

  async #write(entity: T, operation: FullWrite, options: OperationOptions | undefined): Promise<T> {
    await this.#submitReady(this.#writes.whole(entity, operation), options);
    return entity;
  }

  /** Writes the properties that have changed. Resolves to `false` if there are none. */
  async #saveDifference(
    entity: T,
    address: Address,
    ifMatch: string,
    remembered: Remembered & { readonly etag: string },
    options: OperationOptions | undefined,
  ): Promise<boolean> {
    const deadline = new Deadline(options);
    const write = await deadline.wait(this.#writes.difference(entity, address, ifMatch, remembered));
    if (write === undefined) return false;
    await this.#submitReady(write, deadline.rest);
    return true;
  }

  /** Submits a write, after its validation has finished and after any row on which it depends has been read. */
  #submitReady(
    ready: AnyWrite<T> | Promise<AnyWrite<T>>,
    options: OperationOptions | undefined,
  ): Promise<WriteReceipt> {
    if (ready instanceof Promise) return this.#submitLater(ready, options);
    return ready instanceof KnowingWrite ? this.#submitKnowing(ready, options) : this.#submit(ready, options);
  }

  /** Submits a write after its validation, whose time counts towards the time limit. */
  async #submitLater(ready: Promise<AnyWrite<T>>, options: OperationOptions | undefined): Promise<WriteReceipt> {
    const deadline = new Deadline(options);
    return this.#submitReady(await deadline.wait(ready), deadline.rest);
  }

  /** Reads the row on which a write depends and submits the write; repeats both if another writer was faster. */
  #submitKnowing(write: KnowingWrite<T>, options: OperationOptions | undefined): Promise<WriteReceipt> {
    return untilWritten(
      async (limits) => this.#submit(await write.read(this.#writes.indexes!, limits), limits),
      (error) => write.isLostRace(error),
      options,
    );
  }

  async #submit(ready: EntityWrite<T>, options: OperationOptions | undefined): Promise<WriteReceipt> {
    try {
      const { store } = this.#mapper;
      const { table, write, others, apart } = ready;
      const receipt =
        others === undefined && apart === undefined
          ? ((await store.submit(table, [write], options))[0] ?? {})
          : await submitGroup(store, table, ready, options);
      ready.written(receipt);
      return receipt;
    } catch (error) {
      throw ready.refused(error);
    }
  }

  #matchWrites(): MatchWrites {
    return matchWrites(this.#mapper, (assigned) => this.#writes.validatePatch(assigned));
  }
}
