import type { KeyOf, PartitionsOf, EntityClass, PatchOf } from '../metadata/key-types.js';
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
import { noEntity } from './row-error.js';
import {
  requireSession,
  type ConditionOptions,
  type DeleteOptions,
  type EntitySession,
  type EntitySessions,
  type GetManyOptions,
  type ModifyOptions,
  type UnitOfWorkOptions,
  type UnitVerbs,
  type UpsertOptions,
} from './session.js';

/** What a repository needs of the place it works in: a data source, which writes at once, or a unit of work, which holds writes. */
export interface Session extends EntitySessions {
  /** See {@link Repository.transaction}. */
  transaction<R>(work: (unit: Transaction) => R | Promise<R>, options?: UnitOfWorkOptions): Promise<R>;
}

/** The unit of work that a repository's transaction is in. Whoever began it commits or discards it: a transaction may have joined it. */
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

/** What `Repository.of` gives: a base class that knows its entity class. */
export type RepositoryBase<T extends object> = {
  new (session: Session): Repository<T>;
  /** The class of the entities. */
  readonly entityClass: EntityClass<T>;
};

/**
 * The entities of one class. Stateless: make one, inject it, keep it.
 *
 * Extend `Repository.of(Order)` to name the queries and changes of your domain.
 *
 * @example
 * ```ts
 * class Orders extends Repository.of(Order) {
 *   large(customerId: string) { return this.query({ customerId }).where('total', 'gt', 1000); }
 * }
 * const orders = tables.repository(Orders);
 * ```
 */
export class Repository<in out T extends object> implements AnyRepository {
  /** The base class of a repository of one entity class. */
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
    requireSession(session); // a subclass that forgets to hand it on is told so here, and not by its first verb
    this.entityClass = entityClass;
    this.#place = session;
    session.of(entityClass); // tells at once what is wrong with the class
  }

  /** Asked for with every verb: the place of a shared repository may be the unit of work that is bound just then. */
  get #session(): EntitySession<T> {
    return this.#place.of(this.entityClass);
  }

  /**
   * Makes a new entity of its values, checked by the compiler and here: nothing is sent. Properties that have a default may be left
   * out and get it; what else is left out or `undefined` is what the class itself makes it.
   *
   * @throws EntitableError `key.*` for a key that cannot be stored, `validation.unknown-property` for a value that would not be
   * stored, `validation.missing-property` for a missing property that is `required`, `metadata.not-constructible`.
   * @example
   * ```ts
   * const order = await orders.insert(orders.create({ customerId: 'c1', orderId: 'o1', total: 20 }));
   * ```
   */
  create(values: CreateOf<T>): T {
    return this.#session.create(values);
  }

  /**
   * Sets what a patch says on an entity, all of it or nothing, and gives the entity back: nothing is sent. `undefined` leaves a property
   * alone, `null` makes it absent. The entity's own key may be named.
   *
   * @throws EntitableError `key.changed` for another key, `validation.unknown-property` for a name that is not stored,
   * `validation.missing-property` for the `null` of a property that is `required`, `entity.read-only`.
   * @example
   * ```ts
   * await orders.save(orders.assign(await orders.getOrThrow(key), { status: 'shipped', note: null }));
   * ```
   */
  assign(entity: T, patch: AssignOf<T>): T {
    return this.#session.assign(entity, patch);
  }

  /** Reads one entity by its key: one request. `undefined` when there is none. */
  get(key: KeyOf<T>, options?: ReadOptions): Promise<T | undefined> {
    return refusedOperation(options, VERB_OPTIONS.read) ?? this.#session.get(key, options);
  }

  /** Reads one entity by its key: one request. Throws `store.not-found` when there is none. */
  async getOrThrow(key: KeyOf<T>, options?: ReadOptions): Promise<T> {
    checkOperation(options, VERB_OPTIONS.read);
    const entity = await this.#session.get(key, options);
    if (entity !== undefined) return entity;
    throw noEntity(this.entityClass, key);
  }

  /**
   * Reads several entities by their keys, in parallel: one request each. In the order of the keys, `undefined` where there is none.
   * The next key is asked for when there is room for another request.
   */
  getMany(keys: Items<KeyOf<T>>, options?: GetManyOptions): Promise<(T | undefined)[]> {
    return refusedOperation(options, VERB_OPTIONS.getMany) ?? this.#session.getMany(keys, options);
  }

  /** Whether an entity with this key is stored: one request, which reads the keys only. */
  exists(key: KeyOf<T>, options?: OperationOptions): Promise<boolean> {
    return refusedOperation(options, VERB_OPTIONS.operation) ?? this.#session.exists(key, options);
  }

  /** Reads an entity again, into the same object; what it had is gone. Throws `store.not-found` when it is stored no longer. */
  refresh(entity: T, options?: OperationOptions): Promise<T> {
    return refusedOperation(options, VERB_OPTIONS.operation) ?? this.#session.refresh(entity, options);
  }

  /**
   * Queries one partition, or several: one request each at least, several under way at once, with the results in key order.
   *
   * @throws EntitableError `key.*`; `key.unexpected-part` for a whole key or an entity, whose row key would be ignored.
   */
  query(partition: PartitionsOf<T>): Query<T> {
    return this.#session.query(partition);
  }

  /** Queries the whole table: every partition is read, however few rows match. */
  scan(): Query<T> {
    return this.#session.scan();
  }

  /**
   * Stores a new entity and gives it back, with its ETag: one request. Throws `store.already-exists` when its key is taken.
   * Absent (`undefined` or `null`) properties are not stored.
   */
  insert(entity: T, options?: OperationOptions): Promise<T> {
    return refusedOperation(options, VERB_OPTIONS.operation) ?? this.#session.insert(entity, options);
  }

  /**
   * Stores what changed: inserts an entity that was never seen, merges the difference of one that was loaded or written here, under
   * its ETag; no difference, no request. Throws `store.precondition-failed` when the row was changed meanwhile, `key.changed` when
   * the entity's key was, `entity.foreign` for an entity of another store or table.
   *
   * An entity that was never seen but has its `@ETag` set costs a read: the row must still have that ETag. What such an entity has no
   * value for stays stored, and is set on the entity, which then is the row; `null` removes.
   *
   * In an entity that was loaded or written here, a property that had a value and is now `undefined`, `null` or deleted is removed, which
   * on Azure costs a read and a replace (two requests); other properties that the row has are kept exactly. A default that the row lacks
   * is stored.
   */
  save(entity: T, options?: OperationOptions): Promise<T> {
    return refusedOperation(options, VERB_OPTIONS.operation) ?? this.#session.save(entity, options);
  }

  /**
   * Changes some properties of a stored entity, without reading it: one request; the others are kept. In the patch,
   * `undefined` leaves a property alone, as if it were not named, and `null` removes it (on Azure a read and a replace). Unconditional
   * unless an `etag` is given. Throws `store.not-found` when there is no such entity.
   *
   * @example
   * ```ts
   * await orders.merge({ customerId: 'c1', orderId: 'o1' }, { status: 'shipped', note: null });
   * ```
   */
  merge(key: KeyOf<T>, patch: PatchOf<T>, options?: ConditionOptions): Promise<WriteReceipt> {
    return refusedOperation(options, VERB_OPTIONS.condition) ?? this.#session.merge(key, patch, options);
  }

  /**
   * Replaces a stored entity as the service does: what the class does not declare is gone. One request, under the entity's ETag:
   * its `@ETag` property where that is set, else the remembered one. Throws `entity.no-etag` where there is neither.
   */
  replace(entity: T, options?: ConditionOptions): Promise<T> {
    return refusedOperation(options, VERB_OPTIONS.condition) ?? this.#session.replace(entity, options);
  }

  /** Stores an entity whether it exists or not: one request, always unconditional. A merge sends no default that only was filled in. */
  upsert(entity: T, options?: UpsertOptions): Promise<T> {
    return refusedOperation(options, VERB_OPTIONS.upsert) ?? this.#session.upsert(entity, options);
  }

  /**
   * Deletes an entity, under its ETag, or by its key, unconditionally unless an `etag` is given: one request. `true` when a row was
   * deleted; a missing one is `store.not-found`, or `false` with `missing: 'ignore'`.
   */
  delete(entityOrKey: T | KeyOf<T>, options?: DeleteOptions): Promise<boolean> {
    return refusedOperation(options, VERB_OPTIONS.delete) ?? this.#session.delete(entityOrKey, options);
  }

  /**
   * Reads an entity, lets `change` change it, and saves it; when another writer was faster, reads and changes it anew, with a wait in
   * between. `change` may be asynchronous and runs once a try; it changes the entity that it is given: a copy or a patch that it gives
   * would not be written, and is refused with `validation.invalid-option`. Where none is stored, `missing` makes the one that is changed
   * and inserted; without it that is `store.not-found`. After the last try the error is `store.precondition-failed`, or
   * `store.already-exists` for an insert.
   *
   * @example
   * ```ts
   * const key = { shard: 'a', name: 'visits' };
   * const missing = () => Object.assign(new Counter(), key, { value: 0n });
   * await counters.modify(key, (counter) => { counter.value += 1n; }, { missing });
   * ```
   */
  modify(key: KeyOf<T>, change: (entity: T) => unknown, options?: ModifyOptions<T>): Promise<T> {
    return refusedOperation(options, VERB_OPTIONS.modify) ?? this.#session.modify(key, change, options);
  }

  /**
   * Inserts entities of any number: an array, or anything that gives them one by one, which is asked for the next only when there is
   * room for it, so that memory stays the same however many come. They are written in entity group transactions of one partition
   * each, many partitions at once; entities of one partition keep their order. Not atomic as a whole.
   *
   * Throws `commit.bulk-stopped` at the first entity that cannot be written, with how far it came; with `onError: 'collect'` such an
   * entity is left out and reported.
   *
   * @example
   * ```ts
   * const { written, failed } = await orders.insertMany(readOrders(file), { onError: 'collect' });
   * ```
   */
  insertMany(entities: Items<T>, options?: BulkOptions): Promise<BulkResult<T>> {
    return refusedOperation(options, VERB_OPTIONS.bulk) ?? this.#session.insertMany(entities, options);
  }

  /** Stores entities of any number, whether they exist or not. Like {@link insertMany}. */
  upsertMany(entities: Items<T>, options?: BulkUpsertOptions): Promise<BulkResult<T>> {
    return refusedOperation(options, VERB_OPTIONS.bulkUpsert) ?? this.#session.upsertMany(entities, options);
  }

  /** Changes some properties of stored entities of any number, without reading them. Like {@link insertMany}. */
  mergeMany(changes: Items<MergeItem<T>>, options?: BulkOptions): Promise<BulkResult<MergeItem<T>>> {
    return refusedOperation(options, VERB_OPTIONS.bulk) ?? this.#session.mergeMany(changes, options);
  }

  /** Deletes any number: entities under their ETags, keys unconditionally. Like {@link insertMany}. */
  deleteMany(entitiesOrKeys: Items<T | KeyOf<T>>, options?: BulkDeleteOptions): Promise<BulkResult<T | KeyOf<T>>> {
    return refusedOperation(options, VERB_OPTIONS.bulkDelete) ?? this.#session.deleteMany(entitiesOrKeys, options);
  }

  /**
   * For custom repositories: does work whose writes, by this repository and all others of the data source, are one transaction. It joins
   * the unit of work that the repository is in, whose commit must then be atomic; where there is none it begins one, and commits it at
   * the end. `{ atomic: false }` asks for no more than to be committed together. Other repositories of the unit are
   * `unit.repository(Shipment)`.
   */
  protected transaction<R>(work: (unit: Transaction) => R | Promise<R>, options?: UnitOfWorkOptions): Promise<R> {
    const refused = refusedOperation(options, VERB_OPTIONS.unitOfWork);
    return refused ?? this.#place.transaction(work, { ...options, atomic: options?.atomic ?? true });
  }
}
