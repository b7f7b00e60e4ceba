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
 * A connection to the tables of one store, which also provides their repositories. It does not keep entities in memory,
 * so open one data source and share it for the life of the process.
 *
 * @example
 * ```ts
 * await using db = await DataSource.open(process.env.TABLES ?? 'sqlite:./data.db');
 * const orders = db.repository(Order);
 * ```
 */
export class DataSource implements AsyncDisposable {
  /**
   * Opens a data source. It sends no request, so a wrong address or credential is reported by the first operation.
   * Throws `store.unknown-target`, `store.package-missing` and `validation.invalid-option`. For a store on disk it also
   * throws if its files cannot be opened.
   *
   * @param operation - Limits the wait for a `sqlite:` store that another process is creating or repairing: 30 seconds
   * by default. The wait ends with `store.timeout` or `store.aborted`.
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

  /** The kind of store, its capabilities and its limits. */
  get traits(): StoreTraits {
    return this.#connection.store.traits;
  }

  /**
   * The underlying store, for programs whose rows no class describes. `tableName` is not applied to table names that
   * are passed to it.
   */
  get store(): TableStore {
    return this.#connection.store;
  }

  /**
   * The administration of tables (create, ensure, delete, list, describe, copy, truncate) and of the service that holds
   * them.
   */
  get tables(): TableAdministration {
    const { store, strict } = this.#connection;
    return new TableAdministration({ store, strict, makesTables: store !== strict, mappers: this.#mappers });
  }

  /**
   * Returns the repository of an entity class, or creates a custom repository, passing `dependencies` to its
   * constructor after the session. Throws `metadata.*` if the class cannot be stored as it is declared.
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
   * Creates a unit of work, which holds writes until it is committed. With `work`, it runs the function and commits at
   * the end; if the function throws, the writes are discarded.
   *
   * With `maxRetries` the commit is atomic. If another writer was faster on a row that the unit had read or had found
   * to be missing, `work` runs again in a new unit. It does not run again if something was written, or may have been. A
   * unit of work is always separate, even within {@link run}: repositories of the data source do not join it.
   *
   * @example
   * ```ts
   * await db.unitOfWork(async (work) => {
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
   * Runs a function in a unit of work that the repositories of this connection join, including those of {@link
   * withTables}, however deep in the call stack they are used. Their writes are held and committed at the end. Use it
   * for repositories that are shared, for example injected once. As long as `run` is not called, no unit is bound to
   * the async context.
   *
   * A nested `run` joins the outer unit, which commits the writes of both. Pass `{ nested: 'separate' }` to give it a
   * unit of its own. If the function of a nested `run` throws and the error is caught outside of that `run`, the outer
   * commit throws `commit.inner-failed`.
   */
  async run<R>(work: (unit: UnitOfWork) => R | Promise<R>, options: RunOptions = {}): Promise<R> {
    return this.#session.run(work, options);
  }

  /**
   * Inserts any number of entities of any classes, from an array or any other iterable, synchronous or asynchronous.
   * The class of each entity determines its table. Entities are written in entity group transactions, each for one
   * table and one partition, many of them concurrently; the entities of one partition are written in order. The
   * operation as a whole is not atomic: use a unit of work for that.
   *
   * Throws `commit.bulk-stopped` at the first entity that cannot be written, with the progress so far. With
   * `onError: 'collect'`, such entities are skipped and reported. Throws `commit.not-in-unit` within {@link run}.
   *
   * @example
   * ```ts
   * await db.insertMany([customer, ...orders, ...shipments]);
   * ```
   */
  insertMany<T extends object>(entities: Items<T>, options?: BulkOptions): Promise<BulkResult<T>> {
    return this.#inBulk('insertMany', options, VERB_OPTIONS.bulk, (bulk) => bulk.insertMany(entities, options));
  }

  /** Stores any number of entities of any classes, whether or not they exist. Otherwise like {@link insertMany}. */
  upsertMany<T extends object>(entities: Items<T>, options?: BulkUpsertOptions): Promise<BulkResult<T>> {
    return this.#inBulk('upsertMany', options, VERB_OPTIONS.bulkUpsert, (bulk) => bulk.upsertMany(entities, options));
  }

  /**
   * Deletes any number of entities of any classes. Each row must still have the ETag of its entity. Otherwise like
   * {@link insertMany}.
   */
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

  /**
   * Returns a data source on the same connection that maps table names differently, for example for a tenant. Closing
   * either closes both.
   */
  withTables(tableName: (name: string) => string): DataSource {
    checkFunction('tableName', tableName);
    return new DataSource(this.#connection, this.#validator, this.#queries, this.#context, tableName);
  }

  /**
   * Runs a function of yours, and runs it again from the beginning after a failure that has certainly written nothing:
   * the service was busy or unreachable, or another writer was faster, including on a row of a unit of work. Never
   * repeats it after `store.outcome-unknown` or `commit.partial`, because something may have been written. The function
   * must be safe to run twice: for example, it reads what it changes and writes once, at its end.
   */
  retry<T>(work: (go: Go) => Promise<T>, settings?: RepeatSettings): Promise<T> {
    return repeatWork(work, settings);
  }

  #begin(): UnitOfWork {
    return new UnitOfWork(new UnitCore(this.#connection.store, this.#validator), this.#mappers);
  }

  /**
   * Waits until the store responds, for `timeout` milliseconds at most (30,000 by default), or makes a single attempt
   * with `failFast`. Throws the reason if the store does not respond, and does so at once if waiting cannot help, e.g.
   * for `store.unauthorized`. It reads the list of tables, or reads from `table` if the credential permits nothing
   * else. For a store on disk it also checks that its files are still in place.
   */
  async ready(options: ReadyOptions = {}): Promise<void> {
    await untilReady(this.#connection.bare, options);
  }

  /**
   * Copies a store on disk to a path at which nothing exists, while this process and others keep reading and writing.
   * The copy holds the whole store as it is at one moment, with complete transactions. It appears only once it is
   * complete. Only the user that runs the program may read it, unless `fileMode` is set. To open the copy, pass a
   * target of the same kind with its path.
   *
   * Throws `store.already-exists` if something exists at the path, `store.not-supported` for stores that are not on
   * this machine's disk, and `store.unavailable`, e.g. if the disk is full. If `timeout` or `signal` stops the backup,
   * the incomplete copy is removed.
   *
   * @example
   * ```ts
   * await db.backup(`./backups/${new Date().toISOString().slice(0, 10)}.db`);
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
   * Closes the connection. It waits for the operations in flight, for `timeout` milliseconds at most, then stops them:
   * they throw `store.aborted`, or `store.outcome-unknown` for a write. Operations that begin afterwards throw
   * `store.closed`.
   */
  async close(options?: CloseOptions): Promise<void> {
    checkOperation(options, CLOSE_NAMES);
    await this.#connection.close(options);
  }

  /** Closes the connection like {@link close}, for `await using`. */
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
