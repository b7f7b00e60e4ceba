import type { KeyOf, PartitionsOf, EntityClass, PatchOf } from '../metadata/key-types.js';
import type { Index } from '../metadata/indexes/declaration.js';
import type { IndexKeysOf, UniqueKeyOf } from '../metadata/indexes/index-types.js';
import type { AssignOf, CreateOf } from '../metadata/create-types.js';
import type { Query, ReadOptions } from '../query/query.js';
import { checkOperation, refusedOperation, type OperationOptions } from '../options/operation-options.js';
import type { WriteReceipt } from '../store/table-store.js';
import type {
  BulkDeleteOptions,
  BulkOptions,
  BulkResult,
  BulkUpsertOptions,
  MergeItem,
} from '../writing/bulk-options.js';
import type { Items } from '../async/item-reader.js';
import { VERB_OPTIONS } from './option-names.js';
import type { AnyRepository, NoRepository, repositoryBrand } from './repository-brand.js';
import { noEntity, noEntityBy } from './row-error.js';
import type {
  ConditionOptions,
  DeleteOptions,
  EntityOperations,
  GetManyOptions,
  ModifyOptions,
  UpsertOptions,
} from './entity-operations.js';
import { requireSession, type EntitySessions, type UnitOfWorkOptions, type UnitVerbs } from './session.js';

/**
 * The context in which a repository works: a data source, which writes at once, or a unit of work, which holds writes
 * until its commit. A custom repository receives it in its constructor.
 */
export interface Session extends EntitySessions {
  /**
   * Runs `work` in a unit of work: in that of this session if it has one, otherwise in a new one, which is committed
   * at the end. A custom repository calls it as `this.transaction(…)`.
   */
  transaction<R>(work: (unit: Transaction) => R | Promise<R>, options?: UnitOfWorkOptions): Promise<R>;
}

/**
 * The unit of work that the transaction of a repository runs in. It has no commit of its own: the code that began the
 * unit commits or discards it, and that may be a caller whose unit the transaction joined.
 */
export interface Transaction extends Session, UnitVerbs {
  /** A repository of another class, or a custom one, that works in this unit. */
  repository<R extends AnyRepository, const A extends readonly unknown[]>(
    repository: RepositoryClass<R, A>,
    ...dependencies: A
  ): R;
  /** The repository of an entity class, which works in this unit. */
  repository<T extends object & NoRepository>(entityClass: EntityClass<T>): Repository<T>;
}

/** A class that extends `Repository.of(…)`; its constructor takes the session, then its dependencies. */
export type RepositoryClass<R, A extends readonly unknown[]> = (new (session: Session, ...dependencies: A) => R) & {
  readonly entityClass: EntityClass;
};

/** The base class that `Repository.of` returns; it knows its entity class. */
export type RepositoryBase<T extends object> = {
  new (session: Session): Repository<T>;
  /** The class of the entities. */
  readonly entityClass: EntityClass<T>;
};

/**
 * Reads and writes the entities of one class. It has no state, so one instance can be injected and kept for the life of
 * the process.
 *
 * Extend `Repository.of(Order)` to name the queries and changes of your domain.
 *
 * @example
 * ```ts
 * class Orders extends Repository.of(Order) {
 *   large(customerId: string) { return this.query({ customerId }).where('total', 'gt', 1000); }
 * }
 * const orders = db.repository(Orders);
 * ```
 */
export class Repository<in out T extends object> implements EntityOperations<T>, AnyRepository {
  /** Returns the base class of custom repositories of one entity class. */
  static of<T extends object>(entityClass: EntityClass<T>): RepositoryBase<T> {
    return class extends Repository<T> {
      static readonly entityClass = entityClass;

      constructor(session: Session) {
        super(session, entityClass);
      }
    };
  }

  declare readonly [repositoryBrand]: true;
  /** The class of the entities. */
  readonly entityClass: EntityClass<T>;
  readonly #place: Session;

  constructor(session: Session, entityClass: EntityClass<T>) {
    requireSession(session); // fails here, not at the first operation, if a subclass forgets to pass it on
    this.entityClass = entityClass;
    this.#place = session;
    session.of(entityClass); // fails at once if the class is declared wrongly
  }

  /**
   * The operations of the session. Looked up each time, because within `db.run` a shared repository works in the unit
   * of work of that call.
   */
  get #session(): EntityOperations<T> {
    return this.#place.of(this.entityClass);
  }

  create(values: CreateOf<T>): T {
    return this.#session.create(values);
  }

  assign(entity: T, patch: AssignOf<T>): T {
    return this.#session.assign(entity, patch);
  }

  get(key: KeyOf<T>, options?: ReadOptions): Promise<T | undefined> {
    return refusedOperation(options, VERB_OPTIONS.read) ?? this.#session.get(key, options);
  }

  /** Reads one entity by its key. One request. Throws `store.not-found` when there is none. */
  async getOrThrow(key: KeyOf<T>, options?: ReadOptions): Promise<T> {
    checkOperation(options, VERB_OPTIONS.read);
    const entity = await this.#session.get(key, options);
    if (entity !== undefined) return entity;
    throw noEntity(this.entityClass, key);
  }

  getMany(keys: Items<KeyOf<T>>, options?: GetManyOptions): Promise<(T | undefined)[]> {
    return refusedOperation(options, VERB_OPTIONS.getMany) ?? this.#session.getMany(keys, options);
  }

  exists(key: KeyOf<T>, options?: OperationOptions): Promise<boolean> {
    return refusedOperation(options, VERB_OPTIONS.operation) ?? this.#session.exists(key, options);
  }

  refresh(entity: T, options?: OperationOptions): Promise<T> {
    return refusedOperation(options, VERB_OPTIONS.operation) ?? this.#session.refresh(entity, options);
  }

  query(partition: PartitionsOf<T>): Query<T> {
    return this.#session.query(partition);
  }

  by<const I extends Index>(index: I, key: IndexKeysOf<T, I>): Query<T> {
    return this.#session.by(index, key);
  }

  getBy<const I extends Index>(index: I, key: UniqueKeyOf<T, I>, options?: ReadOptions): Promise<T | undefined> {
    return refusedOperation(options, VERB_OPTIONS.read) ?? this.#session.getBy(index, key, options);
  }

  /** Does the same as {@link getBy}, but throws `store.not-found` when no entity has these values. */
  async getByOrThrow<const I extends Index>(index: I, key: UniqueKeyOf<T, I>, options?: ReadOptions): Promise<T> {
    checkOperation(options, VERB_OPTIONS.read);
    const entity = await this.#session.getBy(index, key, options);
    if (entity !== undefined) return entity;
    throw noEntityBy(this.entityClass, index);
  }

  scan(): Query<T> {
    return this.#session.scan();
  }

  insert(entity: T, options?: OperationOptions): Promise<T> {
    return refusedOperation(options, VERB_OPTIONS.operation) ?? this.#session.insert(entity, options);
  }

  save(entity: T, options?: OperationOptions): Promise<T> {
    return refusedOperation(options, VERB_OPTIONS.operation) ?? this.#session.save(entity, options);
  }

  merge(key: KeyOf<T>, patch: PatchOf<T>, options?: ConditionOptions): Promise<WriteReceipt> {
    return refusedOperation(options, VERB_OPTIONS.condition) ?? this.#session.merge(key, patch, options);
  }

  replace(entity: T, options?: ConditionOptions): Promise<T> {
    return refusedOperation(options, VERB_OPTIONS.condition) ?? this.#session.replace(entity, options);
  }

  upsert(entity: T, options?: UpsertOptions): Promise<T> {
    return refusedOperation(options, VERB_OPTIONS.upsert) ?? this.#session.upsert(entity, options);
  }

  delete(entityOrKey: T | KeyOf<T>, options?: DeleteOptions): Promise<boolean> {
    return refusedOperation(options, VERB_OPTIONS.delete) ?? this.#session.delete(entityOrKey, options);
  }

  modify(key: KeyOf<T>, change: (entity: T) => unknown, options?: ModifyOptions<T>): Promise<T> {
    return refusedOperation(options, VERB_OPTIONS.modify) ?? this.#session.modify(key, change, options);
  }

  insertMany(entities: Items<T>, options?: BulkOptions): Promise<BulkResult<T>> {
    return refusedOperation(options, VERB_OPTIONS.bulk) ?? this.#session.insertMany(entities, options);
  }

  upsertMany(entities: Items<T>, options?: BulkUpsertOptions): Promise<BulkResult<T>> {
    return refusedOperation(options, VERB_OPTIONS.bulkUpsert) ?? this.#session.upsertMany(entities, options);
  }

  mergeMany(changes: Items<MergeItem<T>>, options?: BulkOptions): Promise<BulkResult<MergeItem<T>>> {
    return refusedOperation(options, VERB_OPTIONS.bulk) ?? this.#session.mergeMany(changes, options);
  }

  deleteMany(entitiesOrKeys: Items<T | KeyOf<T>>, options?: BulkDeleteOptions): Promise<BulkResult<T | KeyOf<T>>> {
    return refusedOperation(options, VERB_OPTIONS.bulkDelete) ?? this.#session.deleteMany(entitiesOrKeys, options);
  }

  /**
   * For custom repositories: runs work whose writes, by this repository and all others of the data source, form one
   * transaction. The work joins the unit of work that the repository is in, whose commit must then be atomic. If there
   * is none, it runs in a new one, which is committed at the end. With `{ atomic: false }` the commit may take several
   * transactions. `unit.repository(Shipment)` is another repository in the same unit.
   */
  protected transaction<R>(work: (unit: Transaction) => R | Promise<R>, options?: UnitOfWorkOptions): Promise<R> {
    const refused = refusedOperation(options, VERB_OPTIONS.unitOfWork);
    return refused ?? this.#place.transaction(work, { ...options, atomic: options?.atomic ?? true });
  }
}
