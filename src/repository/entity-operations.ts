import type { PartitionsOf, KeyOf, PatchOf } from '../metadata/key-types.js';
import type { Index } from '../metadata/indexes/declaration.js';
import type { IndexKeysOf, UniqueKeyOf } from '../metadata/indexes/index-types.js';
import type { AssignOf, CreateOf } from '../metadata/create-types.js';
import type { Query, ReadOptions } from '../query/query.js';
import type { WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import type {
  BulkDeleteOptions,
  BulkOptions,
  BulkResult,
  BulkUpsertOptions,
  MergeItem,
} from '../writing/bulk-options.js';
import type { Items } from '../async/item-reader.js';

/** Options of a write that can be conditional on an ETag. An `etag` of `null` or `''` is refused. */
export interface ConditionOptions extends OperationOptions {
  /** The ETag that the row must still have, or `'*'` for any row that exists, whatever its ETag. */
  readonly etag?: string | undefined;
}

/** Options of an upsert: how it treats a row that exists. */
export interface UpsertOptions extends OperationOptions {
  /** `merge`, the default, keeps the stored properties that the entity does not have; `replace` removes them. */
  readonly mode?: 'merge' | 'replace' | undefined;
}

/** Options of a delete: the ETag it is conditional on, and how it treats a missing row. */
export interface DeleteOptions extends ConditionOptions {
  /** `throw`, the default, treats a missing row as an error; `ignore` treats it as deleted. */
  readonly missing?: 'throw' | 'ignore' | undefined;
}

/** Options of `modify`. `timeout` limits all attempts together. */
export interface ModifyOptions<T extends object = object> extends OperationOptions {
  /**
   * Maximum number of retries after the first attempt; 20 by default, 0 for none. Each attempt in which another writer
   * was faster uses up one retry, after a random wait.
   */
  readonly maxRetries?: number | undefined;
  /**
   * Creates the entity that is changed and inserted when none is stored, with the key that `modify` was called with. It
   * is called again in every attempt that finds no row. Without it, a missing row throws `store.not-found`.
   */
  readonly missing?: (() => T | Promise<T>) | undefined;
}

/** Options of `getMany`. */
export interface GetManyOptions extends ReadOptions {
  /** Maximum number of concurrent point reads; 16 by default. */
  readonly concurrency?: number | undefined;
}

/**
 * The operations on the entities of one class: the contract that a `Repository` offers, and that a data source and a
 * unit of work implement. A data source carries each one out at once; a unit of work holds writes until its commit. A
 * write “under an ETag” succeeds only if the row still has that ETag.
 */
export interface EntityOperations<T extends object> {
  /**
   * Creates a new entity from its values. The compiler checks the values, and `create` checks them again at run time.
   * Sends nothing. A property that has a default may be left out and gets the default. Any other property that is left
   * out or `undefined` keeps the value that the class's own initialiser sets.
   *
   * @throws EntitableError `key.*` for a key that cannot be stored, `validation.unknown-property` for a value that
   * would not be stored, `validation.missing-property` for a missing property that is `required`,
   * `metadata.not-constructible`.
   * @example
   * ```ts
   * const order = await orders.insert(orders.create({ customerId: 'c1', orderId: 'o1', total: 20 }));
   * ```
   */
  create(values: CreateOf<T>): T;

  /**
   * Sets the properties of a patch on an entity, all of them or none, and returns the entity. Sends nothing.
   * `undefined` leaves a property alone, `null` makes it absent. The patch may contain key properties if they equal
   * those of the entity.
   *
   * @throws EntitableError `key.changed` for another key, `validation.unknown-property` for a name that is not stored,
   * `validation.missing-property` if the patch sets a `required` property to `null`, `entity.read-only`.
   * @example
   * ```ts
   * await orders.save(orders.assign(await orders.getOrThrow(key), { status: 'shipped', note: null }));
   * ```
   */
  assign(entity: T, patch: AssignOf<T>): T;

  /** Reads one entity by its key. One request. Returns `undefined` when there is none. */
  get(key: KeyOf<T>, options?: ReadOptions): Promise<T | undefined>;

  /**
   * Reads the entity that a unique index finds, by all its values. Two requests: one for the entry of the index, one
   * for the entity. Returns `undefined` when no entity has these values. Throws as {@link by}.
   *
   * @example
   * ```ts
   * const ann = await users.getBy(User.byEmail, { tenant: 't1', email: 'ann@example.org' });
   * ```
   */
  getBy<const I extends Index>(index: I, key: UniqueKeyOf<T, I>, options?: ReadOptions): Promise<T | undefined>;

  /**
   * Reads several entities by their keys in parallel, with one request each. Returns them in the order of the keys,
   * with `undefined` for a key that has none. An async iterable of keys is consumed only as fast as the requests
   * finish.
   */
  getMany(keys: Items<KeyOf<T>>, options?: GetManyOptions): Promise<(T | undefined)[]>;

  /** Returns whether an entity with this key is stored. One request, which reads only the keys of the row. */
  exists(key: KeyOf<T>, options?: OperationOptions): Promise<boolean>;

  /**
   * Reads an entity again, into the same object; unsaved changes are lost. Throws `store.not-found` when the entity is
   * no longer stored.
   */
  refresh(entity: T, options?: OperationOptions): Promise<T>;

  /**
   * Starts a query of one partition, or of several. Costs at least one request per partition; partitions are read in
   * parallel, and the results are in key order.
   *
   * @throws EntitableError `key.*`; `key.unexpected-part` for a whole key or an entity, whose row key would be ignored.
   */
  query(partition: PartitionsOf<T>): Query<T>;

  /**
   * Starts a query of the entities that an index finds. The key gives the partition, and values of the first properties
   * by which the index is sorted: all, some or none of them. The results are in the order of the index. Several keys,
   * which may differ only in their partition, find the entities of one partition after another.
   *
   * Costs the requests that read the entries of the index, `limits.pageRows` entries each, and one request for each
   * entity, 16 at a time. Partitions are read in parallel. An entity that no longer has the values of its entry is
   * left out.
   *
   * `where` takes properties that the entries hold: those of `on`, `partition` and `project`. A `select` of such
   * properties and of keys, `count` and `exists` read the entries alone; `count` and `exists` of an index with
   * partitions of its own read the entities too.
   *
   * @throws EntitableError `validation.invalid-option` for an index of another class; `query.index-building`; `key.*`
   * and `query.invalid-operand` for a wrong key; `query.not-covered` for `where` of any other property.
   * @example
   * ```ts
   * const paying = await users.by(User.byPlan, { tenant: 't1', plan: 'paid' }).take(20).toArray();
   * ```
   */
  by<const I extends Index>(index: I, key: IndexKeysOf<T, I>): Query<T>;

  /** Starts a query of the whole table. It reads every partition, however few rows match. */
  scan(): Query<T>;

  /**
   * Stores a new entity and returns it with its ETag. One request. Throws `store.already-exists` when its key is
   * taken. Absent properties (`undefined` or `null`) are not stored.
   */
  insert(entity: T, options?: OperationOptions): Promise<T>;

  /**
   * Stores what changed. An entity that this package has never loaded or written is inserted, unless its `@ETag`
   * property is set. For any other entity, the properties that differ from its row are merged under its ETag; if none
   * differ, nothing is sent. Throws `store.precondition-failed` when another writer has changed the row, `key.changed`
   * when the entity's key was changed, `entity.foreign` for an entity of another store or table.
   *
   * An entity that was never loaded but has its `@ETag` property set costs one additional read, because the row must
   * still have that ETag. Properties that such an entity has no value for stay stored and are set on the entity; `null`
   * removes a property.
   *
   * For an entity that was loaded or written, a property that had a value and is now `undefined`, `null` or deleted is
   * removed from the row. On Azure that costs a read and a replace (two requests); all other properties of the row are
   * kept exactly. A default that the row lacks is stored.
   */
  save(entity: T, options?: OperationOptions): Promise<T>;

  /**
   * Changes some properties of a stored entity without reading it, and keeps the others. One request. In the patch,
   * `undefined` leaves a property alone, and `null` removes it (on Azure with a read and a replace). Unconditional
   * unless `etag` is set. Throws `store.not-found` when there is no such entity.
   *
   * @example
   * ```ts
   * await orders.merge({ customerId: 'c1', orderId: 'o1' }, { status: 'shipped', note: null });
   * ```
   */
  merge(key: KeyOf<T>, patch: PatchOf<T>, options?: ConditionOptions): Promise<WriteReceipt>;

  /**
   * Replaces a stored entity as a whole, as the service does: properties that the class does not declare are removed.
   * One request, under the ETag in the entity's `@ETag` property or, if that is not set, the ETag it was loaded with.
   * Throws `entity.no-etag` when it has neither.
   */
  replace(entity: T, options?: ConditionOptions): Promise<T>;

  /**
   * Stores an entity whether it exists or not. One request, always unconditional. With mode `merge`, properties that
   * have only their default, because the program has not assigned them, are not sent, so that they do not overwrite
   * stored values.
   */
  upsert(entity: T, options?: UpsertOptions): Promise<T>;

  /**
   * Deletes an entity under its ETag, or the row with a key, unconditionally unless `etag` is set. One request. Returns
   * `true` when a row was deleted. A missing row throws `store.not-found`; with `missing: 'ignore'` it returns `false`.
   */
  delete(entityOrKey: T | KeyOf<T>, options?: DeleteOptions): Promise<boolean>;

  /**
   * Reads an entity, lets `change` change it, and saves it. When another writer was faster, it waits, then reads and
   * changes the entity anew. `change` may be asynchronous and runs once per attempt. It must change the entity that it
   * receives: a copy or a patch that it returns would not be written, and is refused with `validation.invalid-option`.
   * When no entity is stored, `missing` creates the one that is changed and inserted; without `missing`, `modify`
   * throws `store.not-found`. If another writer was faster in the last attempt as well, it throws
   * `store.precondition-failed`, or `store.already-exists` for an insert.
   *
   * @example
   * ```ts
   * const key = { shard: 'a', name: 'visits' };
   * const missing = () => Object.assign(new Counter(), key, { value: 0n });
   * await counters.modify(key, (counter) => { counter.value += 1n; }, { missing });
   * ```
   */
  modify(key: KeyOf<T>, change: (entity: T) => unknown, options?: ModifyOptions<T>): Promise<T>;

  /**
   * Inserts any number of entities, from an array or from any iterable or stream. The next entity is read from the
   * input only when there is room for it, so memory use does not grow with their number. They are written in entity
   * group transactions of one partition each, many partitions at the same time; entities of one partition keep their
   * order. The bulk write as a whole is not atomic.
   *
   * At the first entity that cannot be written, throws `commit.bulk-stopped`, which reports the progress so far; with
   * `onError: 'collect'` such an entity is skipped and reported.
   *
   * @example
   * ```ts
   * const { written, failed } = await orders.insertMany(readOrders(file), { onError: 'collect' });
   * ```
   */
  insertMany(entities: Items<T>, options?: BulkOptions): Promise<BulkResult<T>>;

  /** Stores any number of entities, whether they exist or not. Works like {@link insertMany}. */
  upsertMany(entities: Items<T>, options?: BulkUpsertOptions): Promise<BulkResult<T>>;

  /** Changes some properties of any number of stored entities without reading them. Works like {@link insertMany}. */
  mergeMany(changes: Items<MergeItem<T>>, options?: BulkOptions): Promise<BulkResult<MergeItem<T>>>;

  /**
   * Deletes any number of entities under their ETags, or rows by key, unconditionally. Works like {@link insertMany}.
   */
  deleteMany(entitiesOrKeys: Items<T | KeyOf<T>>, options?: BulkDeleteOptions): Promise<BulkResult<T | KeyOf<T>>>;
}
