import type { CommitReport } from '../errors/error-details.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { KeyOf, PartitionsOf } from '../metadata/brands.js';
import { saidNames } from '../mapping/unsaid.js';
import { classOf } from '../metadata/class-of.js';
import type { EntityClass } from '../metadata/entity-types.js';
import type { Query, ReadOptions } from '../query/query.js';
import type { EntityMappers } from '../repository/entity-mappers.js';
import { repositoryIn, type RepositoryClass } from '../repository/repository-class.js';
import type { AnyRepository, NoRepository, Repository } from '../repository/repository.js';
import type { DeleteOptions, EntitySession, Session } from '../repository/session.js';
import { withWideSignal } from '../repository/wide-signal.js';
import { checkOperation } from '../store/check-operation.js';
import type { EntityValidator } from '../validation/entity-validator.js';
import type { Change } from './change.js';
import { Committer, type CommitOptions } from './commit.js';
import { plannedBatch, type PlannedBatch } from './plan.js';
import { ReentryGuard } from './reentry-guard.js';
import { TrackedRows } from './tracked-rows.js';
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
export class UnitOfWork implements Session {
  readonly #mappers: EntityMappers;
  readonly #validator: EntityValidator;
  readonly #rows = new TrackedRows();
  readonly #sessions = new Map<EntityClass, UnitEntitySession<object>>();
  readonly #committer: Committer;
  readonly #validating = new ReentryGuard();
  #commits = 0;
  #lastCommit: Promise<unknown> = Promise.resolve();

  /** @internal `DataSource.unitOfWork` makes them. */
  constructor(mappers: EntityMappers, validator: EntityValidator) {
    this.#mappers = mappers;
    this.#validator = validator;
    this.#committer = new Committer(mappers.store, this.#rows, (changes) => this.#validate(changes));
  }

  /** The verbs of one class, for the constructors of repositories. */
  of<T extends object>(entityClass: EntityClass<T>): EntitySession<T> {
    return this.#session(entityClass);
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
    checkOperation(options);
    return this.of(entityClass).get(key, options);
  }

  /** Queries one partition, or several. What it gives is tracked; projections are not. */
  query<T extends object>(entityClass: EntityClass<T>, partition: PartitionsOf<T>): Query<T> {
    return this.of(entityClass).query(partition);
  }

  /** Holds the insert of an instance of an entity class. */
  insert(entity: object): void {
    this.#sessionOf(entity).writes.insert(entity);
  }

  /** Holds the delete of an instance of an entity class, under its ETag. */
  delete(entity: object, options: Pick<DeleteOptions, 'etag' | 'missing'> = {}): void {
    checkOperation(options);
    const { etag, missing = 'throw' } = options;
    this.#sessionOf(entity).writes.delete(entity, etag, missing);
  }

  /** Makes an entity that was loaded or written outside one of this unit: what it differs in from its row is committed. */
  track<T extends object>(entity: T): T {
    this.#sessionOf(entity).writes.track(entity);
    return entity;
  }

  /** What a commit would send just now; nothing is sent. Throws what the commit would refuse to send: `key.changed`, `validation.*`. */
  plan(): readonly PlannedBatch[] {
    const { traits } = this.#mappers.store;
    return this.#committer.plan().flatMap((batches) => batches.map((batch) => plannedBatch(batch, traits)));
  }

  /**
   * Sends what is held and what changed. A second call meanwhile waits its turn; one from inside, e.g. from a validator, throws
   * `commit.in-progress`. When it fails before anything is sent the unit is as it was. When it fails later it throws `commit.partial`,
   * which says what is committed and what is not; the unit holds the rest, and `commit()` again sends it, after it has read back what
   * is unknown. Nothing that was committed is taken back.
   */
  async commit(options: CommitOptions = {}): Promise<CommitReport> {
    checkOperation(options);
    if (this.#validating.isInside) throw inProgress('commit() was called by a validator');
    this.#commits++;
    const commit = this.#lastCommit
      .then(() => withWideSignal(options.signal, (signal) => this.#committer.commit({ ...options, signal })))
      .finally(() => this.#commits--);
    this.#lastCommit = commit.catch(() => undefined); // whoever called it hears of it
    return commit;
  }

  /** Forgets everything that is held and tracked; nothing is sent, and the entities keep their values. Throws `commit.in-progress` during a commit. */
  discard(): void {
    if (this.#commits > 0) throw inProgress('discard() was called');
    this.#rows.clear();
    this.#committer.discard();
  }

  /** @internal Discards once no commit is under way. */
  async abandon(): Promise<void> {
    await this.#lastCommit;
    this.discard();
  }

  #session<T extends object>(entityClass: EntityClass<T>): UnitEntitySession<T> {
    const known = this.#sessions.get(entityClass) as unknown as UnitEntitySession<T> | undefined;
    if (known !== undefined) return known;
    const session = new UnitEntitySession(this.#mappers.of(entityClass), this.#rows);
    this.#sessions.set(entityClass, session as unknown as UnitEntitySession<object>);
    return session;
  }

  #sessionOf(entity: object): UnitEntitySession<object> {
    const isObject = typeof entity === 'object' && entity !== null;
    return this.#session((isObject ? classOf(entity) : entity) as EntityClass);
  }

  async #validate(changes: readonly Change[]): Promise<void> {
    await this.#validating.run(async () => {
      for (const change of changes) {
        const pending = this.#validateChange(change);
        if (pending instanceof Promise) await pending;
      }
    });
  }

  #validateChange({ row: { mapper, entity, held }, unsaid }: Change): void | Promise<void> {
    const { metadata } = mapper;
    const { entityClass } = metadata;
    if (held.kind === 'delete') return undefined;
    if (entity !== undefined)
      return this.#validator.validate(entity, entityClass, unsaid && saidNames(metadata, entity, unsaid));
    if (held.kind !== 'merge') return undefined;
    return this.#validator.validate(held.patch, entityClass, Object.keys(held.patch));
  }
}

function inProgress(what: string): EntitableError {
  return new EntitableError(
    'commit.in-progress',
    `${what} while this unit of work is being committed. Await the commit first.`,
    {},
  );
}
