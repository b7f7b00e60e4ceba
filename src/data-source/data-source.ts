import type { EntityClass } from '../metadata/entity-types.js';
import { DirectSession } from '../repository/direct-session.js';
import { Repository, type AnyRepository, type NoRepository } from '../repository/repository.js';
import type { Session } from '../repository/session.js';
import type { StoreTraits } from '../store/table-store.js';
import { classValidator } from '../validation/class-validator.js';
import { noValidation, type EntityValidator } from '../validation/entity-validator.js';
import { EntitableError } from '../errors/entitable-error.js';
import { tableNameProblem } from '../edm/table-name.js';
import { repeatWork, type Go, type RepeatSettings } from '../resilience/repeat-work.js';
import { untilReady, type ReadyOptions } from '../resilience/until-ready.js';
import { connect, type CloseOptions, type Connection } from './connection.js';
import type { DataSourceOptions } from './options.js';
import { TableAdministration } from './table-administration.js';
import type { DataSourceTarget } from './target.js';

/** A class that extends `Repository.of(…)`; its constructor takes the session, then its dependencies. */
export type RepositoryClass<R, A extends readonly unknown[]> = (new (session: Session, ...dependencies: A) => R) & {
  readonly entityClass: EntityClass;
};

/**
 * The tables of one connection, and the way to their repositories. It holds no entities: share one as long as the process runs.
 *
 * @example
 * ```ts
 * await using tables = await DataSource.open(process.env.TABLES ?? 'lmdb:./data');
 * const orders = tables.repository(Order);
 * ```
 */
export class DataSource implements AsyncDisposable {
  /**
   * Opens a data source. No request is sent: what is wrong with an address or a credential is told by the first operation.
   * Throws `store.unknown-target` and `store.package-missing`.
   */
  static async open(target: DataSourceTarget, options: DataSourceOptions = {}): Promise<DataSource> {
    const connection = await connect(target, options);
    return new DataSource(connection, validatorOf(options), options.tableName ?? ((name) => name));
  }

  readonly #connection: Connection;
  readonly #validator: EntityValidator;
  readonly #session: Session;

  private constructor(connection: Connection, validator: EntityValidator, tableName: (name: string) => string) {
    this.#connection = connection;
    this.#validator = validator;
    this.#session = new DirectSession({
      store: connection.store,
      validator,
      tableName: (name) => checkedName(name, tableName(name)),
    });
  }

  /** What kind of store this is, and what it refuses. */
  get traits(): StoreTraits {
    return this.#connection.store.traits;
  }

  /** The tables themselves: create, delete, exists, list. */
  get tables(): TableAdministration {
    return new TableAdministration(this.#connection.store);
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
    if (isRepositoryClass(subject)) return new subject(this.#session, ...dependencies);
    return new Repository(this.#session, subject);
  }

  /** The same connection with other table names, e.g. a tenant's; closing either closes both. */
  withTables(tableName: (name: string) => string): DataSource {
    return new DataSource(this.#connection, this.#validator, tableName);
  }

  /**
   * Does a piece of work of your own, and does it again from its beginning after a refusal that is certain: the service was busy or
   * could not be reached, or another writer was faster. Never after `store.outcome-unknown`, when something may have been written. It
   * must be work that may be done twice, e.g. one that reads what it changes, and writes once, at its end.
   */
  retry<T>(work: (go: Go) => Promise<T>, settings?: RepeatSettings): Promise<T> {
    return repeatWork(work, settings);
  }

  /**
   * Waits until the store answers: with `failFast` not at all, else for `timeout` milliseconds, 30,000 by default. Throws why it does
   * not; at once for what waiting does not change, e.g. `store.unauthorized`. Reads the list of tables, or from `table`, where the
   * credential may do only that.
   */
  async ready(options: ReadyOptions = {}): Promise<void> {
    await untilReady(this.#connection.bare, options);
  }

  /**
   * Closes the connection: waits for what is under way, for `timeout` milliseconds at most, then stops it (`store.aborted`, or
   * `store.outcome-unknown` for a write). What is begun afterwards throws `store.closed`.
   */
  async close(options?: CloseOptions): Promise<void> {
    await this.#connection.close(options);
  }

  /** The same as {@link close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function isRepositoryClass(subject: unknown): subject is RepositoryClass<AnyRepository, readonly unknown[]> {
  // By what it has, not by instanceof: it may come from another copy of this package.
  return typeof subject === 'function' && 'entityClass' in subject && 'getOrThrow' in (subject.prototype as object);
}

function validatorOf({ validate = 'auto' }: DataSourceOptions): EntityValidator {
  return validate === false ? noValidation : classValidator(validate === true);
}

function checkedName(table: string, name: string): string {
  const problem = tableNameProblem(name);
  if (problem === undefined) return name;
  throw new EntitableError('validation.invalid-option', `tableName made no table name of "${table}": ${problem}.`, {
    option: 'tableName',
    expected: 'a table name',
    found: typeof name,
  });
}
