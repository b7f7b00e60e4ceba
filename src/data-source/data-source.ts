import type { EntityClass } from '../metadata/entity-types.js';
import { DirectSession } from '../repository/direct-session.js';
import { Repository, type AnyRepository, type NoRepository } from '../repository/repository.js';
import type { Session } from '../repository/session.js';
import type { StoreTraits, TableStore } from '../store/table-store.js';
import { classValidator } from '../validation/class-validator.js';
import { noValidation, type EntityValidator } from '../validation/entity-validator.js';
import { EntitableError } from '../errors/entitable-error.js';
import { tableNameProblem } from '../edm/table-name.js';
import { lazyTables } from './lazy-tables.js';
import { openStore } from './open-store.js';
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
    const opened = await openStore(target, options);
    const store = options.ensureTables === 'never' ? opened : lazyTables(opened);
    return new DataSource(store, validatorOf(options), options.tableName ?? ((name) => name));
  }

  readonly #store: TableStore;
  readonly #validator: EntityValidator;
  readonly #session: Session;

  private constructor(store: TableStore, validator: EntityValidator, tableName: (name: string) => string) {
    this.#store = store;
    this.#validator = validator;
    this.#session = new DirectSession({ store, validator, tableName: (name) => checkedName(name, tableName(name)) });
  }

  /** What kind of store this is, and what it refuses. */
  get traits(): StoreTraits {
    return this.#store.traits;
  }

  /** The tables themselves: create, delete, exists, list. */
  get tables(): TableAdministration {
    return new TableAdministration(this.#store);
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
    return new DataSource(this.#store, this.#validator, tableName);
  }

  /** Closes the connection. What is used afterwards throws `store.closed`. */
  async close(): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
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
