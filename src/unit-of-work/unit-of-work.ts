import type { CommitReport } from '../errors/error-details.js';
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
 * Entities that belong together until they are committed: one entity for each row, changes found by comparing with what was loaded, writes
 * held and sent in as few transactions as they fit into. Each transaction, up to 100 rows of one partition, is written as a whole; the
 * commit is not, unless it is one transaction: `commit({ atomic: true })` makes sure of that.
 *
 * Use one for one task, e.g. a request, and never share it.
 *
 * @example
 * ```ts
 * const work = tables.unitOfWork();
 * const order = await work.repository(Order).getOrThrow({ customerId: 'c1', orderId: 'o1' });
 * order.status = 'shipped';
 * work.insert(new Shipment(order));
 * await work.commit();
 * ```
 */
export class UnitOfWork implements Transaction {
  readonly #core: UnitCore;
  readonly #mappers: EntityMappers;
  /** The same unit, by whose tables it works. */
  readonly #views: Map<EntityMappers, UnitOfWork>;
  readonly #sessions = new Map<EntityClass, UnitEntitySession<object>>();

  /** @internal `DataSource.unitOfWork` makes them. */
  constructor(core: UnitCore, mappers: EntityMappers, views = new Map<EntityMappers, UnitOfWork>()) {
    this.#core = core;
    this.#mappers = mappers;
    this.#views = views.set(mappers, this);
  }

  /** @internal The same unit for a data source on the same connection whose tables have other names. */
  in(mappers: EntityMappers): UnitOfWork {
    return this.#views.get(mappers) ?? new UnitOfWork(this.#core, mappers, this.#views);
  }

  /** The verbs of one class, for the constructors of repositories. */
  of<T extends object>(entityClass: EntityClass<T>): EntityOperations<T> {
    return observedSession(this.#session(entityClass), this.#mappers, entityClass);
  }

  /**
   * A repository that works in this unit: the same classes as outside. `insert`, `save`, `merge`, `replace`, `upsert` and `delete` are
   * held and resolve at once, so ETags and conflicts arrive with the commit; `modify`, the …Many verbs and writes by filter throw
   * `commit.not-in-unit`. `get` sees what is held. Queries see the store: they give the entities of this unit as they are, leave out
   * removed ones, and do not see held inserts.
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

  /** The entity of a key, as it is in this unit; read from the store, and tracked, where the unit has none. */
  async get<T extends object>(
    entityClass: EntityClass<T>,
    key: KeyOf<T>,
    options?: ReadOptions,
  ): Promise<T | undefined> {
    checkOperation(options, VERB_OPTIONS.read);
    return this.of(entityClass).get(key, options);
  }

  /** Queries one partition, or several. What it gives is tracked; projections are not. */
  query<T extends object>(entityClass: EntityClass<T>, partition: PartitionsOf<T>): Query<T> {
    return this.of(entityClass).query(partition);
  }

  /** Holds the insert of an instance of an entity class. */
  insert(entity: object): void {
    this.#sessionOf('insert', entity).writes.insert(entity);
  }

  /** Holds the delete of an instance of an entity class, under its ETag. */
  delete(entity: object, options: Pick<DeleteOptions, 'etag' | 'missing'> = {}): void {
    checkOperation(options, VERB_OPTIONS.heldDelete);
    const { etag, missing = 'throw' } = options;
    this.#sessionOf('delete', entity).writes.delete(entity, etag, missing);
  }

  /** Makes an entity that was loaded or written outside one of this unit: what it differs in from its row is committed. */
  track<T extends object>(entity: T): T {
    this.#sessionOf('track', entity).writes.track(entity);
    return entity;
  }

  /**
   * Has the commit make sure that an entity still has the ETag it was read with, although it is not changed: for decisions that rest on
   * it. An entity that is changed or deleted as well needs none, as those are under its ETag anyway. One that is not is merged with
   * nothing, in the same transaction, which gives it a new ETag: of two units that each require what the other changes, one is refused.
   *
   * Only a transaction can promise that, so a unit that requires something commits atomically: `commit.not-atomic` where the entity is in
   * another partition or table than the rest. It holds for one commit. Throws `entity.no-etag` for an entity that was never read.
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
   * Does work that joins this unit, as {@link Repository.transaction} does: nothing is committed at its end. `atomic` and `maxRetries` ask
   * for an atomic commit of the whole; the other options are those of whoever commits. When the work throws, the unit cannot be
   * committed any more: `commit.inner-failed`.
   */
  async transaction<R>(work: (unit: UnitOfWork) => R | Promise<R>, options: UnitOfWorkOptions = {}): Promise<R> {
    checkFunction('work', work);
    checkOperation(options, VERB_OPTIONS.unitOfWork);
    if (options.maxRetries !== undefined) checkCount('maxRetries', options.maxRetries, 0);
    return this.#core.join(() => work(this), options);
  }

  /** What a commit would send just now; nothing is sent. Throws what the commit would refuse to send: `key.changed`, `validation.*`. */
  plan(): readonly PlannedBatch[] {
    return this.#core.plan();
  }

  /**
   * Sends what is held and what changed. A second call meanwhile waits its turn; one from inside, e.g. from a validator, throws
   * `commit.in-progress`.
   *
   * When nothing was written it throws why: the refusal of the store, such as `store.precondition-failed`, with the write in
   * `details.write`, or what is wrong before anything is sent. When something was written, or may have been, it throws
   * `commit.partial`, which says of every write what became of it. The unit holds what was not written, and `commit()` again sends it,
   * after it has read back what is unknown. Nothing that was committed is taken back.
   */
  async commit(options: CommitOptions = {}): Promise<CommitReport> {
    checkOperation(options, VERB_OPTIONS.commit);
    const { verbs } = this.#mappers.queries;
    const commit = (): Promise<CommitReport> => this.#core.commit(options);
    return verbs === undefined ? commit() : verbs.run({ verb: 'commit' }, commit);
  }

  /** Forgets everything that is held and tracked; nothing is sent, and the entities keep their values. Throws `commit.in-progress` during a commit. */
  discard(): void {
    this.#core.discard();
  }

  /** @internal Discards once no commit is under way. */
  async abandon(): Promise<void> {
    await this.#core.abandon();
  }

  /** @internal Whether a commit has written something, or may have. */
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

/** What to do where no entity was given. */
const REMEDIES = {
  insert: 'Make one: unit.repository(Order).create({ … }).',
  delete: 'To delete by a key, name the class: unit.repository(Order).delete(key).',
  track: READ,
  require: READ,
} as const;
