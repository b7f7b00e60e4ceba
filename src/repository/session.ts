import { typeName } from '../errors/type-name.js';
import { hasMethod, invalidOption } from '../options/check-option.js';
import type { PartitionsOf, KeyOf, EntityClass, PatchOf } from '../metadata/key-types.js';
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

/** `etag` of a write: what the row must still have, or `'*'` for whatever it has; `null` and `''` are refused. */
export interface ConditionOptions extends OperationOptions {
  /** The row must still have it; `'*'` for a row that is there, whatever its ETag. */
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

/** How often `modify` repeats a change. `timeout` is that of all tries together. */
export interface ModifyOptions<T extends object = object> extends OperationOptions {
  /** Retries after the first try; 20 by default, 0 for none. A lost race costs one, and a random wait before it. */
  readonly maxRetries?: number | undefined;
  /**
   * Makes the entity that is changed and inserted where none is stored, under the key that `modify` was given. It is called again for
   * every try that finds none. Without it a missing row is `store.not-found`.
   */
  readonly missing?: (() => T | Promise<T>) | undefined;
}

/** How many reads of `getMany` are under way at once. */
export interface GetManyOptions extends ReadOptions {
  /** Point reads under way at once; 16 by default. */
  readonly concurrency?: number | undefined;
}

/** The verbs of one entity class, as a session carries them out. `Repository` documents them. */
export interface EntitySession<T extends object> {
  /** See {@link Repository.create}. */
  create(values: CreateOf<T>): T;
  /** See {@link Repository.assign}. */
  assign(entity: T, patch: AssignOf<T>): T;
  /** See {@link Repository.get}. */
  get(key: KeyOf<T>, options?: ReadOptions): Promise<T | undefined>;
  /** See {@link Repository.getMany}. */
  getMany(keys: Items<KeyOf<T>>, options?: GetManyOptions): Promise<(T | undefined)[]>;
  /** See {@link Repository.exists}. */
  exists(key: KeyOf<T>, options?: OperationOptions): Promise<boolean>;
  /** See {@link Repository.refresh}. */
  refresh(entity: T, options?: OperationOptions): Promise<T>;
  /** See {@link Repository.query}. */
  query(partition: PartitionsOf<T>): Query<T>;
  /** See {@link Repository.scan}. */
  scan(): Query<T>;
  /** See {@link Repository.insert}. */
  insert(entity: T, options?: OperationOptions): Promise<T>;
  /** See {@link Repository.save}. */
  save(entity: T, options?: OperationOptions): Promise<T>;
  /** See {@link Repository.merge}. */
  merge(key: KeyOf<T>, patch: PatchOf<T>, options?: ConditionOptions): Promise<WriteReceipt>;
  /** See {@link Repository.replace}. */
  replace(entity: T, options?: ConditionOptions): Promise<T>;
  /** See {@link Repository.upsert}. */
  upsert(entity: T, options?: UpsertOptions): Promise<T>;
  /** See {@link Repository.delete}. */
  delete(entityOrKey: T | KeyOf<T>, options?: DeleteOptions): Promise<boolean>;
  /** See {@link Repository.modify}. */
  modify(key: KeyOf<T>, change: (entity: T) => unknown, options?: ModifyOptions<T>): Promise<T>;
  /** See {@link Repository.insertMany}. */
  insertMany(entities: Items<T>, options?: BulkOptions): Promise<BulkResult<T>>;
  /** See {@link Repository.upsertMany}. */
  upsertMany(entities: Items<T>, options?: BulkUpsertOptions): Promise<BulkResult<T>>;
  /** See {@link Repository.mergeMany}. */
  mergeMany(changes: Items<MergeItem<T>>, options?: BulkOptions): Promise<BulkResult<MergeItem<T>>>;
  /** See {@link Repository.deleteMany}. */
  deleteMany(entitiesOrKeys: Items<T | KeyOf<T>>, options?: BulkDeleteOptions): Promise<BulkResult<T | KeyOf<T>>>;
}

/** The verbs of every class, in one place. */
export interface EntitySessions {
  /** The verbs of one class. Throws `metadata.*`. */
  of<T extends object>(entityClass: EntityClass<T>): EntitySession<T>;
}

/** Refuses what is no session. Throws `validation.invalid-option`. */
export function requireSession(session: Partial<EntitySessions> | null | undefined): void {
  if (hasMethod(session, 'of')) return;
  throw invalidOption('A repository', 'a session as the first argument of its constructor', typeName(session));
}

/** What work does in a unit of work, of whichever classes its entities are. */
export interface UnitVerbs {
  /** The entity of a key, as it is in the unit; read from the store, and tracked, where the unit has none. */
  get<T extends object>(entityClass: EntityClass<T>, key: KeyOf<T>, options?: ReadOptions): Promise<T | undefined>;
  /** Queries one partition, or several. What it gives is tracked; projections are not. */
  query<T extends object>(entityClass: EntityClass<T>, partition: PartitionsOf<T>): Query<T>;
  /** Holds the insert of an instance of an entity class. */
  insert(entity: object): void;
  /** Holds the delete of an instance of an entity class, under its ETag. */
  delete(entity: object, options?: Pick<DeleteOptions, 'etag' | 'missing'>): void;
  /** Makes an entity that was loaded or written outside one of the unit: what it differs in from its row is committed. */
  track<T extends object>(entity: T): T;
  /** Has the commit make sure that an entity which was only read still has its ETag. */
  require<T extends object>(entity: T): T;
}

/** How a commit goes about it. `timeout` is each request's. */
export interface CommitOptions extends OperationOptions {
  /** Refuses, before anything is sent, what does not fit into one transaction: `commit.not-atomic`. */
  readonly atomic?: boolean | undefined;
  /** Partitions written at once; 16 by default. */
  readonly concurrency?: number | undefined;
}

/** How a unit of work that is given its work goes about it. */
export interface UnitOfWorkOptions extends CommitOptions {
  /**
   * Retries after the first try: how often the work runs again, in a new unit, when another writer was faster on a row that it had read,
   * or had found missing. By default there are none. When it is given, 0 included, the commit is atomic.
   */
  readonly maxRetries?: number | undefined;
}
