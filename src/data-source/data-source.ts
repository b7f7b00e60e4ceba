import { AsyncContext } from '../async/async-context.js';
import type { EntityClass } from '../metadata/key-types.js';
import { DirectSession } from '../repository/direct-session.js';
import type { BulkDeleteOptions, BulkOptions, BulkResult, BulkUpsertOptions } from '../writing/bulk-options.js';
import type { Items } from '../async/item-reader.js';
import { EntityMappers } from '../repository/entity-mappers.js';
import { VERB_OPTIONS } from '../repository/option-names.js';
import { MixedBulk } from '../repository/mixed-bulk.js';
import type { AnyRepository, NoRepository } from '../repository/repository-brand.js';
import { repositoryIn } from '../repository/repository-class.js';
import type { Repository, RepositoryClass } from '../repository/repository.js';
import type { QuerySettings } from '../mapping/entity-reader.js';
import type { UnitOfWorkOptions } from '../repository/session.js';
import { checkFunction, checkOperation, OPERATION_NAMES, type OperationOptions } from '../options/operation-options.js';
import { Deadline } from '../async/deadline.js';
import type { StoreTraits, TableStore } from '../store/table-store.js';
import { classValidator } from '../validation/class-validator.js';
import { noValidation, type EntityValidator } from '../validation/entity-validator.js';
import { schemaValidator } from '../validation/schema-validator.js';
import type { VerbName } from '../store/verb-observer.js';
import { notInUnit } from '../unit-of-work/unit-entity-session.js';
import { UnitOfWork } from '../unit-of-work/unit-of-work.js';
import { runUnit } from '../unit-of-work/run-unit.js';
import { UnitCore } from '../unit-of-work/unit-core.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { KnownNames } from '../options/check-option.js';
import { Verbs } from '../observability/verbs.js';
import { repeatWork, type Go, type RepeatSettings } from '../resilience/repeat-work.js';
import { untilReady, type ReadyOptions } from '../resilience/until-ready.js';
import { checkPath } from './disk-path.js';
import { checkDataSourceOptions, nameBy } from './check-options.js';
import { CLOSE_NAMES, connect, type CloseOptions, type Connection } from './connection.js';
import { AmbientSession, type RunOptions } from './ambient-session.js';
import type { DataSourceOptions, DataSourceTarget } from './options.js';
import { querySettings } from './query-settings.js';
import { TableAdministration } from '../administration/table-administration.js';

/**
 * The tables of one connection, and the way to their repositories. It holds no entities: share one as long as the process runs.
 *
 * @example
 * ```ts
 * await using tables = await DataSource.open(process.env.TABLES ?? 'sqlite:./data.db');
 * const orders = tables.repository(Order);
 * ```
 */
export class DataSource implements AsyncDisposable {
  /**
   * Opens a data source. No request is sent: what is wrong with an address or a credential is told by the first operation.
   * Throws `store.unknown-target`, `store.package-missing` and `validation.invalid-option`; of a store on disk, what is wrong with its
   * files as well.
   *
   * @param operation - How long a `sqlite:` store may be waited for that another process is making or repairing: 30 seconds where nothing
   * is said. `store.timeout` and `store.aborted` end the wait.
   */
  static async open(
    target: DataSourceTarget,
    options: DataSourceOptions = {},
    operation?: OperationOptions,
  ): Promise<DataSource> {
    checkDataSourceOptions(options);
    checkOperation(operation, OPERATION_NAMES);
    const deadline = new Deadline(operation);
    deadline.check();
    const verbs = options.onVerb && new Verbs(options.onVerb);
    const queries = querySettings(options, verbs);
    const connection = await connect(target, options, verbs, deadline);
    const tableName = options.tableName ?? ((name: string) => name);
    return new DataSource(connection, validatorOf(options), queries, new AsyncContext(), tableName);
  }

  readonly #connection: Connection;
  readonly #validator: EntityValidator;
  readonly #queries: QuerySettings;
  readonly #mappers: EntityMappers;
  readonly #context: AsyncContext<UnitOfWork>;
  readonly #session: AmbientSession;
  readonly #bulk: MixedBulk;

  private constructor(
    connection: Connection,
    validator: EntityValidator,
    queries: QuerySettings,
    context: AsyncContext<UnitOfWork>,
    tableName: (name: string) => string,
  ) {
    this.#connection = connection;
    this.#validator = validator;
    this.#queries = queries;
    this.#context = context;
    this.#mappers = new EntityMappers(connection.store, (name) => nameBy(tableName, name), queries);
    const direct = new DirectSession(this.#mappers, validator);
    this.#session = new AmbientSession(direct, context, this.#mappers, () => this.#begin());
    this.#bulk = new MixedBulk(this.#mappers, validator);
  }

  /** What kind of store this is, and what it refuses. */
  get traits(): StoreTraits {
    return this.#connection.store.traits;
  }

  /** The store below, for programs whose rows no class describes. `tableName` is not applied to the names it is given. */
  get store(): TableStore {
    return this.#connection.store;
  }

  /** The tables themselves: create, ensure, delete, list, describe, copy, truncate; and the service that has them. */
  get tables(): TableAdministration {
    const { store, strict } = this.#connection;
    return new TableAdministration({ store, strict, makesTables: store !== strict, mappers: this.#mappers });
  }

  /**
   * The repository of an entity class, or a custom repository with what its constructor needs behind the session.
   * Throws `metadata.*` when the class cannot be stored as it is declared.
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
    return repositoryIn(this.#session, subject, dependencies);
  }

  /**
   * A unit of work, which holds writes until it is committed. With `work`: runs it, commits at the end, and discards when it throws.
   * With `maxRetries` the commit is atomic, and when another writer was faster on a row that the unit had read, or had found missing,
   * `work` runs again in a new unit; it never does when something was written or may have been. Always a unit of its own, also within
   * {@link run}: repositories of the data source do not join it.
   *
   * @example
   * ```ts
   * await tables.unitOfWork(async (work) => {
   *   const order = await work.repository(Order).getOrThrow(key);
   *   order.status = 'shipped';
   * });
   * ```
   */
  unitOfWork(): UnitOfWork;
  unitOfWork<R>(work: (unit: UnitOfWork) => R | Promise<R>, options?: UnitOfWorkOptions): Promise<R>;
  unitOfWork<R>(work?: (unit: UnitOfWork) => R | Promise<R>, options: UnitOfWorkOptions = {}): UnitOfWork | Promise<R> {
    return work === undefined ? this.#begin() : runUnit(() => this.#begin(), work, options);
  }

  /**
   * Runs work in a unit of work that the repositories of this connection join, those of {@link withTables} too, however deep in the call
   * they are used: what they write is held, and committed at the end. For repositories that are shared, e.g. injected once; without
   * `run` nothing is ever bound.
   *
   * A `run` within it joins its unit, so that all is committed together or not at all, unless `{ nested: 'separate' }` gives it one of its
   * own. When the work of an inner `run` throws and the error is caught outside of it, the outer commit throws `commit.inner-failed`.
   */
  async run<R>(work: (unit: UnitOfWork) => R | Promise<R>, options: RunOptions = {}): Promise<R> {
    return this.#session.run(work, options);
  }

  /**
   * Inserts entities of any number and of any classes: an array, or anything that gives them one by one. The class of each tells its
   * table; they are written in entity group transactions of one table and one partition each, many at once, and those of one partition
   * keep their order. Not atomic as a whole: a unit of work can be.
   *
   * Throws `commit.bulk-stopped` at the first entity that cannot be written, with how far it came; with `onError: 'collect'` such an
   * entity is left out and reported. Throws `commit.not-in-unit` within {@link run}.
   *
   * @example
   * ```ts
   * await tables.insertMany([customer, ...orders, ...shipments]);
   * ```
   */
  insertMany<T extends object>(entities: Items<T>, options?: BulkOptions): Promise<BulkResult<T>> {
    return this.#inBulk('insertMany', options, VERB_OPTIONS.bulk, (bulk) => bulk.insertMany(entities, options));
  }

  /** Stores entities of any number and of any classes, whether they exist or not. Like {@link insertMany}. */
  upsertMany<T extends object>(entities: Items<T>, options?: BulkUpsertOptions): Promise<BulkResult<T>> {
    return this.#inBulk('upsertMany', options, VERB_OPTIONS.bulkUpsert, (bulk) => bulk.upsertMany(entities, options));
  }

  /** Deletes entities of any number and of any classes, under their ETags. Like {@link insertMany}. */
  deleteMany<T extends object>(entities: Items<T>, options?: BulkDeleteOptions): Promise<BulkResult<T>> {
    return this.#inBulk('deleteMany', options, VERB_OPTIONS.bulkDelete, (bulk) => bulk.deleteMany(entities, options));
  }

  async #inBulk<R>(
    verb: VerbName,
    options: object | undefined,
    known: KnownNames,
    write: (bulk: MixedBulk) => Promise<R>,
  ): Promise<R> {
    checkOperation(options, known);
    if (this.#context.value !== undefined) throw notInUnit(`${verb}()`);
    const { verbs } = this.#queries;
    return verbs === undefined ? write(this.#bulk) : verbs.run({ verb }, () => write(this.#bulk));
  }

  /** The same connection with other table names, e.g. a tenant's; closing either closes both. */
  withTables(tableName: (name: string) => string): DataSource {
    checkFunction('tableName', tableName);
    return new DataSource(this.#connection, this.#validator, this.#queries, this.#context, tableName);
  }

  /**
   * Does a piece of work of your own, and does it again from its beginning after a refusal that is certain: the service was busy or
   * could not be reached, or another writer was faster, also on a row of a unit of work. Never after `store.outcome-unknown` or
   * `commit.partial`, when something may have been written. It must be work that may be done twice, e.g. one that reads what it
   * changes, and writes once, at its end.
   */
  retry<T>(work: (go: Go) => Promise<T>, settings?: RepeatSettings): Promise<T> {
    return repeatWork(work, settings);
  }

  #begin(): UnitOfWork {
    return new UnitOfWork(new UnitCore(this.#connection.store, this.#validator), this.#mappers);
  }

  /**
   * Waits until the store answers: with `failFast` not at all, else for `timeout` milliseconds, 30,000 by default. Throws why it does
   * not; at once for what waiting does not change, e.g. `store.unauthorized`. Reads the list of tables, or from `table`, where the
   * credential may do only that; of a store on disk it also finds out whether its files are still in their place.
   */
  async ready(options: ReadyOptions = {}): Promise<void> {
    await untilReady(this.#connection.bare, options);
  }

  /**
   * Copies a store on disk to a path where nothing is, while this process and others go on reading and writing: all of it, as it is at one
   * moment, with whole transactions. The copy is there when it is complete, or not at all; only the user that runs the program may
   * read it, unless `fileMode` says otherwise. It is a store of the same kind, and opened by the same kind of target.
   *
   * Throws `store.already-exists` where something is at the path, `store.not-supported` for stores that are not on this machine's disk,
   * and `store.unavailable`, e.g. for a full disk. With `timeout` or `signal`, what had been copied is taken away again.
   *
   * @example
   * ```ts
   * await tables.backup(`./backups/${new Date().toISOString().slice(0, 10)}.db`);
   * ```
   */
  async backup(path: string, options?: OperationOptions): Promise<void> {
    checkOperation(options, OPERATION_NAMES);
    checkPath(path, 'the path of a new file, or of a new folder for lmdb:');
    const { store } = this.#connection;
    if (store.backup === undefined) throw noBackup(store.traits.kind);
    await store.backup(path, options);
  }

  /**
   * Closes the connection: waits for what is under way, for `timeout` milliseconds at most, then stops it (`store.aborted`, or
   * `store.outcome-unknown` for a write). What is begun afterwards throws `store.closed`.
   */
  async close(options?: CloseOptions): Promise<void> {
    checkOperation(options, CLOSE_NAMES);
    await this.#connection.close(options);
  }

  /** The same as {@link close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function noBackup(kind: string): EntitableError {
  return new EntitableError(
    'store.not-supported',
    `A store of kind "${kind}" has no backup: only those on this machine's disk have, sqlite: and lmdb:. Copy its tables with tables.copy() instead.`,
    { kind, feature: 'backup' },
  );
}

function validatorOf({ validate = 'auto' }: DataSourceOptions): EntityValidator {
  return validate === false ? noValidation : schemaValidator(classValidator(validate === true));
}
