import type { PartitionKeyOf, KeyOf } from '../metadata/brands.js';
import type { EntityClass, PatchOf } from '../metadata/entity-types.js';
import type { Query, ReadOptions } from '../query/query.js';
import type { OperationOptions, WriteReceipt } from '../store/table-store.js';
import type {
  BulkDeleteOptions,
  BulkOptions,
  BulkResult,
  BulkUpsertOptions,
  Items,
  MergeItem,
} from './bulk-options.js';

/** `etag` of a write: what the row must still have, or `'*'` for whatever it has. */
export interface ConditionOptions extends OperationOptions {
  readonly etag?: string | undefined;
}

/** How an upsert treats the row it finds. */
export interface UpsertOptions extends OperationOptions {
  /** Whether a stored row keeps the properties that the entity does not have: `merge`, the default, or `replace`. */
  readonly mode?: 'merge' | 'replace' | undefined;
}

/** What a delete is conditional on, and what a missing row is to it. */
export interface DeleteOptions extends ConditionOptions {
  /** What a missing row is: an error, the default, or nothing to do. */
  readonly missing?: 'throw' | 'ignore' | undefined;
}

/** How often `modify` tries. */
export interface ModifyOptions extends OperationOptions {
  /** Tries in all, 1 or more; 20 by default. A lost race costs one, and a wait with jitter before the next. */
  readonly attempts?: number | undefined;
}

/** How many reads of `getMany` are under way at once. */
export interface GetManyOptions extends ReadOptions {
  /** Point reads under way at once; 16 by default. */
  readonly concurrency?: number | undefined;
}

/** The verbs of one entity class, as a session carries them out. `Repository` documents them. */
export interface EntitySession<T extends object> {
  get(key: KeyOf<T>, options?: ReadOptions): Promise<T | undefined>;
  getMany(keys: Items<KeyOf<T>>, options?: GetManyOptions): Promise<(T | undefined)[]>;
  exists(key: KeyOf<T>, options?: OperationOptions): Promise<boolean>;
  refresh(entity: T, options?: OperationOptions): Promise<T>;
  query(partition: PartitionKeyOf<T> | readonly PartitionKeyOf<T>[]): Query<T>;
  scan(): Query<T>;
  insert(entity: T, options?: OperationOptions): Promise<T>;
  save(entity: T, options?: OperationOptions): Promise<T>;
  merge(key: KeyOf<T>, patch: PatchOf<T>, options?: ConditionOptions): Promise<WriteReceipt>;
  replace(entity: T, options?: ConditionOptions): Promise<T>;
  upsert(entity: T, options?: UpsertOptions): Promise<T>;
  delete(entityOrKey: T | KeyOf<T>, options?: DeleteOptions): Promise<boolean>;
  modify(key: KeyOf<T>, change: (entity: T) => unknown, options?: ModifyOptions): Promise<T>;
  insertMany(entities: Items<T>, options?: BulkOptions): Promise<BulkResult<T>>;
  upsertMany(entities: Items<T>, options?: BulkUpsertOptions): Promise<BulkResult<T>>;
  mergeMany(changes: Items<MergeItem<T>>, options?: BulkOptions): Promise<BulkResult<MergeItem<T>>>;
  deleteMany(entitiesOrKeys: Items<T | KeyOf<T>>, options?: BulkDeleteOptions): Promise<BulkResult<T | KeyOf<T>>>;
}

/** What a repository needs of the place it works in: a data source, which writes at once, or a unit of work, which holds writes. */
export interface Session {
  /** The verbs of one class. Throws `metadata.*`. */
  of<T extends object>(entityClass: EntityClass<T>): EntitySession<T>;
}
