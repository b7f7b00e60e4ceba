import type { CommitReport } from '../errors/write-reports.js';
import type { KeyOf, PartitionsOf, EntityClass } from '../metadata/key-types.js';
import { checkCount } from '../options/check-option.js';
import type { Query, ReadOptions } from '../query/query.js';
import { classOfEntity } from '../repository/class-of-entity.js';
import type { EntityMappers } from '../repository/entity-mappers.js';
import { VERB_OPTIONS } from '../repository/option-names.js';
import { observedSession } from '../repository/observed-session.js';
import type { AnyRepository, NoRepository } from '../repository/repository-brand.js';
import { repositoryIn } from '../repository/repository-class.js';
import type { Repository, RepositoryClass, Transaction } from '../repository/repository.js';
import type { DeleteOptions, EntityOperations } from '../repository/entity-operations.js';
import type { CommitOptions, UnitOfWorkOptions } from '../repository/session.js';
import { checkFunction, checkOperation } from '../options/operation-options.js';
import type { PlannedBatch } from './plan.js';
import type { UnitCore } from './unit-core.js';
import { UnitEntitySession } from './unit-entity-session.js';

/**
 * Collects the changes of one task and commits them together. It has one entity for each row, finds changes by
 * comparing entities with the loaded rows, and sends the pending writes in as few transactions as possible. A
 * transaction holds up to 100 rows of one partition and is atomic. A commit is atomic only if it fits into one
 * transaction; `commit({ atomic: true })` requires that.
 *
 * Use one unit for one task, e.g. a request, and never share it.
 *
 * @example
 * ```ts
 * const unit = db.unitOfWork();
 * const order = await unit.repository(Order).getOrThrow({ customerId: 'c1', orderId: 'o1' });
 * order.status = 'shipped';
 * unit.insert(new Shipment(order));
 * await unit.commit();
 * ```
 */
export class UnitOfWork implements Transaction {
  readonly #core: UnitCore;
  readonly #mappers: EntityMappers;
  /** The views of this unit, one for each set of table names. */
  readonly #views: Map<EntityMappers, UnitOfWork>;
  readonly #sessions = new Map<EntityClass, UnitEntitySession<object>>();

  /**
   * @internal Use `DataSource.unitOfWork`.
   */
  constructor(core: UnitCore, mappers: EntityMappers, views = new Map<EntityMappers, UnitOfWork>()) {
    this.#core = core;
    this.#mappers = mappers;
    this.#views = views.set(mappers, this);
  }

  /**
   * @internal Returns the view of this unit for a data source that shares the connection but uses other table names.
   * All views of a unit share its entities and pending writes.
   */
  in(mappers: EntityMappers): UnitOfWork {
    return this.#views.get(mappers) ?? new UnitOfWork(this.#core, mappers, this.#views);
  }

  /** Returns the operations on the entities of one class. The constructors of repositories call this. */
  of<T extends object>(entityClass: EntityClass<T>): EntityOperations<T> {
    return observedSession(this.#session(entityClass), this.#mappers, entityClass);
  }

  /**
   * Returns a repository that works in this unit. Any repository class that works outside a unit can be used.
   *
   * `insert`, `save`, `merge`, `replace`, `upsert` and `delete` record a pending write and resolve at once, so
   * conflicts and new ETags arrive with the commit. `modify`, the …Many methods and writes by filter throw
   * `commit.not-in-unit`.
   *
   * `get` returns pending changes. Queries read the store: they return the entities of this unit with their changes,
   * leave out rows that the unit deletes, and do not include pending inserts.
   */
  repository<R extends AnyRepository, const A extends readonly unknown[]>(
    repository: RepositoryClass<R, A>,
    ...dependencies: A
  ): R;
  repository<T extends object & NoRepository>(entityClass: EntityClass<T>): Repository<T>;
  repository(
    subject: EntityClass | RepositoryClass<AnyRepository, readonly unknown[]>,
    ...dependencies: readonly unknown[]
  ): AnyRepository {
    return repositoryIn(this, subject, dependencies);
  }

  /**
   * Returns the entity with this key, including its pending changes. If this unit does not track it yet, reads it from
   * the store and tracks it.
   */
  async get<T extends object>(
    entityClass: EntityClass<T>,
    key: KeyOf<T>,
    options?: ReadOptions,
  ): Promise<T | undefined> {
    checkOperation(options, VERB_OPTIONS.read);
    return this.of(entityClass).get(key, options);
  }

  /** Queries one or more partitions. Entities that it returns are tracked; projections are not. */
  query<T extends object>(entityClass: EntityClass<T>, partition: PartitionsOf<T>): Query<T> {
    return this.of(entityClass).query(partition);
  }

  /** Records the insert of an instance of an entity class. */
  insert(entity: object): void {
    this.#sessionOf('insert', entity).writes.insert(entity);
  }

  /**
   * Records the delete of an instance of an entity class. The commit deletes the row only if it still has the entity's
   * ETag.
   */
  delete(entity: object, options: Pick<DeleteOptions, 'etag' | 'missing'> = {}): void {
    checkOperation(options, VERB_OPTIONS.heldDelete);
    const { etag, missing = 'throw' } = options;
    this.#sessionOf('delete', entity).writes.delete(entity, etag, missing);
  }

  /**
   * Tracks an entity that was loaded or written outside this unit. The commit writes the properties that differ from
   * those of the row.
   */
  track<T extends object>(entity: T): T {
    this.#sessionOf('track', entity).writes.track(entity);
    return entity;
  }

  /**
   * Makes the commit check that the row of an unchanged entity still has the ETag that the entity was read with, for
   * decisions that depend on the entity. Entities that are changed or deleted need no such call, because their writes
   * require the ETag anyway. The check is an empty merge in the same transaction, which changes the row's ETag: if each
   * of two units requires an entity that the other changes, one of them is rejected.
   *
   * Only a transaction can guarantee this, so the commit becomes atomic. It throws `commit.not-atomic` if the entity is
   * in another partition or table than the other writes. The requirement applies to one commit. Throws `entity.no-etag`
   * for an entity that was never read.
   *
   * @example
   * ```ts
   * const [mine, theirs] = await doctors.getMany([me, other]);
   * if (!theirs.onCall) throw new Error('Somebody must be on call.');
   * mine.onCall = false;
   * unit.require(theirs);
   * ```
   */
  require<T extends object>(entity: T): T {
    this.#sessionOf('require', entity).writes.require(entity);
    return entity;
  }

  /**
   * Runs work that joins this unit, as {@link Repository.transaction} does: nothing is committed when it ends. `atomic`
   * and `maxRetries` make the commit of the whole unit atomic; for all other options, those of the outer commit apply.
   * If the work throws, the unit can no longer be committed: `commit.inner-failed`.
   */
  async transaction<R>(work: (unit: UnitOfWork) => R | Promise<R>, options: UnitOfWorkOptions = {}): Promise<R> {
    checkFunction('work', work);
    checkOperation(options, VERB_OPTIONS.unitOfWork);
    if (options.maxRetries !== undefined) checkCount('maxRetries', options.maxRetries, 0);
    return this.#core.join(() => work(this), options);
  }

  /**
   * Returns the requests that a commit would send now; sends nothing. Throws the errors that `commit` throws before it
   * sends anything: `key.changed`, `validation.*`.
   */
  plan(): readonly PlannedBatch[] {
    return this.#core.plan();
  }

  /**
   * Sends all pending writes and changes. A second call during a commit waits for its turn; a call from inside the
   * commit, e.g. from a validator, throws `commit.in-progress`.
   *
   * If nothing was written, it throws the reason: the store's error, such as `store.precondition-failed`, with the
   * write in `details.write`, or an error that was found before anything was sent. If something was written, or may
   * have been, it throws `commit.partial`, which lists the outcome of each write. The unit keeps the writes that were
   * not carried out. Another `commit()` sends them, after it has read back those of unknown outcome. Committed writes
   * are never undone.
   */
  async commit(options: CommitOptions = {}): Promise<CommitReport> {
    checkOperation(options, VERB_OPTIONS.commit);
    const { verbs } = this.#mappers.queries;
    const commit = (): Promise<CommitReport> => this.#core.commit(options);
    return verbs === undefined ? commit() : verbs.run({ verb: 'commit' }, commit);
  }

  /**
   * Forgets all pending writes and tracked entities. Sends nothing, and the entities keep their values. Throws
   * `commit.in-progress` during a commit.
   */
  discard(): void {
    this.#core.discard();
  }

  /**
   * @internal Waits for a running commit, then discards the unit.
   */
  async abandon(): Promise<void> {
    await this.#core.abandon();
  }

  /**
   * @internal True if a commit has written something, or may have.
   */
  get hasWritten(): boolean {
    return this.#core.hasWritten;
  }

  #session<T extends object>(entityClass: EntityClass<T>): UnitEntitySession<T> {
    const known = this.#sessions.get(entityClass) as unknown as UnitEntitySession<T> | undefined;
    if (known !== undefined) return known;
    const session = new UnitEntitySession(this.#mappers.of(entityClass), this.#core);
    this.#sessions.set(entityClass, session as unknown as UnitEntitySession<object>);
    return session;
  }

  #sessionOf(verb: keyof typeof REMEDIES, entity: object): UnitEntitySession<object> {
    return this.#session(classOfEntity(`unit.${verb}()`, entity, REMEDIES[verb]));
  }
}

const READ = 'Read it in the unit, by its key: unit.get(Order, key).';

/** The advice in the error for an argument that is not an entity. */
const REMEDIES = {
  insert: 'Make one: unit.repository(Order).create({ … }).',
  delete: 'To delete by a key, name the class: unit.repository(Order).delete(key).',
  track: READ,
  require: READ,
} as const;
