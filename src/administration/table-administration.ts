import { EntitableError } from '../errors/entitable-error.js';
import type { EntityClass } from '../metadata/key-types.js';
import type {
  AccessPolicy,
  AccountSasOptions,
  CorsRule,
  ServiceProperties,
  ServiceStatistics,
  TableSasOptions,
  SharedAccess,
} from '../store/service-administration.js';
import { checkOperation, type OperationOptions } from '../options/operation-options.js';
import type { TableStore } from '../store/table-store.js';
import { checkAccountSas, checkPolicies, checkTableSas, serviceOf } from './check-access.js';
import { checkCors, checkServiceProperties } from './check-service-properties.js';
import { checkTableName, listTables, nameForm, type ListTablesOptions } from './list-tables.js';
import type { ClassCopyOptions, CopyOptions, CopyReport, CopySettings } from './copy-options.js';
import { copyTable } from './copy-table.js';
import { createTable, type CreateTableOptions } from './create-table.js';
import { describeTable, type DescribeOptions, type TableDescription } from './describe-table.js';
import { ensureTables, type EnsureTablesOptions } from './ensure-tables.js';
import { IndexAdministration } from './indexes/index-administration.js';
import { truncatePlace } from './indexes/truncate-class.js';
import { ADMINISTRATION_OPTIONS } from './option-names.js';
import { ADMINISTERED, placeIn, placeOf, type AdministeredTables } from './table-place.js';
import type { TruncateOptions, TruncateReport } from './truncate-table.js';

/** An object whose tables can be administered: a `DataSource`. */
export interface HasTables {
  /** The methods that list, create, copy and delete its tables. */
  readonly tables: TableAdministration;
}

/** A table by its name in the store, in this or in another data source. */
export type NamedTable = string | { readonly dataSource: HasTables; readonly table: string };

/**
 * The table of an entity class, in this or in another data source, under the name that `tableName` returns there. It
 * stands for those rows of the table that can belong to the class: if the class's row key begins with a literal, rows
 * whose key does not begin with it are excluded.
 */
export type ClassTable<T extends object> =
  EntityClass<T> | { readonly dataSource: HasTables; readonly table: EntityClass<T> };

/**
 * Administers the tables of a data source. Names are those in the store: the data source's `tableName` applies to
 * classes only. Invalid names and options are rejected with `validation.invalid-option` before a request is sent.
 */
export class TableAdministration {
  readonly #tables: AdministeredTables;
  readonly #store: TableStore;

  constructor(tables: AdministeredTables) {
    this.#tables = tables;
    this.#store = tables.strict;
  }

  /** @internal The parts of the data source that administration uses. */
  get [ADMINISTERED](): AdministeredTables {
    return this.#tables;
  }

  /** Creates a table. Throws `store.table-exists` if it already exists. */
  async create(table: string, options?: CreateTableOptions): Promise<void> {
    if (!(await this.createIfMissing(table, options))) {
      throw new EntitableError(
        'store.table-exists',
        `The table ${table} exists already. Use createIfMissing() where that is expected.`,
        { table },
      );
    }
  }

  /**
   * Creates a table; returns `false` if it already existed. Azure reserves the name of a deleted table for about 40
   * seconds: until then this throws `store.unavailable`, or waits with `waitForDeletion` (and throws `store.timeout` if
   * that takes too long).
   *
   * @example
   * ```ts
   * await db.tables.createIfMissing('Orders', { waitForDeletion: true, timeout: 90_000 });
   * ```
   */
  async createIfMissing(table: string, options?: CreateTableOptions): Promise<boolean> {
    checkOperation(options, ADMINISTRATION_OPTIONS.create);
    return createTable(this.#store, checkTableName(table), options);
  }

  /**
   * Creates the missing tables of entity classes, of their indexes, or of names, e.g. when a program starts. Returns
   * the sorted names of the tables that it created. It lists the tables first (a request for every 1,000 tables of the
   * account), so that an existing table does not cause a failed request; then it sends a request for each missing
   * table, 8 at a time. If one table cannot be created, the others still are. Throws `store.tables-not-created`, which
   * names all that failed.
   *
   * @example
   * ```ts
   * await db.tables.ensure([Order, Customer]);
   * ```
   */
  async ensure(wanted: Iterable<EntityClass | string>, options?: EnsureTablesOptions): Promise<readonly string[]> {
    checkOperation(options, ADMINISTRATION_OPTIONS.ensure);
    return ensureTables(this.#tables, wanted, options);
  }

  /**
   * Deletes a table with all its rows. Returns `false` if it did not exist. Azure frees the name after about 40
   * seconds.
   */
  async delete(table: string, options?: OperationOptions): Promise<boolean> {
    checkOperation(options, ADMINISTRATION_OPTIONS.operation);
    return this.#store.deleteTable(checkTableName(table), options);
  }

  /** Returns whether a table of this name exists. */
  async exists(table: string, options: OperationOptions = {}): Promise<boolean> {
    checkOperation(options, ADMINISTRATION_OPTIONS.operation);
    const form = nameForm(this.#store);
    checkTableName(table);
    for await (const name of listTables(this.#store, { ...options, prefix: table })) {
      if (form(name) === form(table)) return true;
    }
    return false;
  }

  /**
   * Lists table names, ordered by their lower-case form: all, those with a prefix, or those from one name to another.
   * Sends a request for every 1,000 tables of the account, even for a part of the list, because the filters of the
   * services compare names in an order that differs from that of their lists.
   */
  list(options?: ListTablesOptions): AsyncGenerator<string, void, undefined> {
    checkOperation(options, ADMINISTRATION_OPTIONS.list);
    return listTables(this.#store, options);
  }

  /**
   * Reads the first rows of a table and reports which properties they have, of which types, and how often. It reads
   * 1,000 rows in one request, unless `sample` differs. The result contains no keys and no values. For an entity class,
   * it reads the rows that can belong to the class. Entries of indexes are not described. Throws
   * `store.table-not-found`.
   *
   * @example
   * ```ts
   * const { properties } = await db.tables.describe('Orders', { sample: 10_000 });
   * // [{ name: 'total', types: { Double: 9990, Int32: 10 }, missing: 0, bytes: { least: 4, most: 8 } }, …]
   * ```
   */
  async describe<T extends object>(
    table: string | EntityClass<T>,
    options?: DescribeOptions,
  ): Promise<TableDescription> {
    checkOperation(options, ADMINISTRATION_OPTIONS.describe);
    return describeTable(placeIn(this.#tables, table), options);
  }

  /**
   * Copies the rows of a table to another, in this or another data source, on any store. Keys and properties are copied
   * exactly, with their types, even if no class declares them. Rows get new timestamps and ETags. A missing target
   * table is created, if its data source creates tables. Rows that exist only in the target are kept.
   *
   * It reads page by page and writes transactions of one partition, 16 at a time, in bounded memory. It sends a request
   * for every 1,000 rows to read, and one for every 100 rows of a partition to write. It is not a snapshot: a row that
   * changes meanwhile is copied in its old or new state. It is not atomic; run it again to complete it, because
   * existing rows are replaced. The report, or the details of `commit.bulk-stopped`, accounts for every row that was
   * read. Throws `store.table-not-found` if the source does not exist, and `query.*` for an invalid filter.
   *
   * If a class with indexes is the target, or is copied to a name, the entries are made anew with each row. The row of
   * the target is read first, 16 at a time. An index with a table of its own is left out if the target is a name.
   *
   * @example
   * ```ts
   * const local = await DataSource.open('sqlite:./copy.db');
   * await db.tables.copy('Orders', { dataSource: local, table: 'Orders' });
   * await db.tables.copy(Order, 'OldOrders', { filter: (order) => order.placedAt.lt(new Date('2026-01-01')) });
   * ```
   */
  async copy(from: NamedTable, to: NamedTable | ClassTable<object>, options?: CopyOptions): Promise<CopyReport>;
  async copy<T extends object>(
    from: ClassTable<T>,
    to: NamedTable | ClassTable<object>,
    options?: ClassCopyOptions<T>,
  ): Promise<CopyReport>;
  async copy(
    from: NamedTable | ClassTable<object>,
    to: NamedTable | ClassTable<object>,
    options?: CopySettings,
  ): Promise<CopyReport> {
    checkOperation(options, ADMINISTRATION_OPTIONS.copy);
    return copyTable(placeOf(this.#tables, from, 'from'), placeOf(this.#tables, to, 'to'), options);
  }

  /**
   * Deletes every row of a table, whatever its ETag, and keeps the table. It sends a request for every 1,000 rows to
   * read their keys, and transactions that delete up to 100 rows of a partition, 16 at a time. Deleting the table is
   * faster, but Azure then reserves its name for about 40 seconds. Not atomic: rows that are written meanwhile may
   * remain. For an entity class, it deletes the rows that can belong to the class, each with its entries in indexes.
   * Throws `store.table-not-found`, and `commit.bulk-stopped` with the progress.
   */
  async truncate<T extends object>(table: string | EntityClass<T>, options?: TruncateOptions): Promise<TruncateReport> {
    checkOperation(options, ADMINISTRATION_OPTIONS.truncate);
    return truncatePlace(placeIn(this.#tables, table), options);
  }

  /**
   * Returns the administration of the indexes of an entity class: it verifies, rebuilds and drops them, e.g. `await
   * db.tables.indexes(User).verify()`. No request is sent. Throws `metadata.*` for an invalid class.
   */
  indexes<T extends object>(entityClass: EntityClass<T>): IndexAdministration {
    return new IndexAdministration(this.#tables, entityClass);
  }

  /**
   * Returns the stored access policies of a table, in one request. Needs the account's key. Throws
   * `store.table-not-found`. Like all methods below, it throws `store.not-supported` except on the Table service of
   * Azure Storage.
   */
  async getAccessPolicies(table: string, options?: OperationOptions): Promise<readonly AccessPolicy[]> {
    checkOperation(options, ADMINISTRATION_OPTIONS.operation);
    return serviceOf(this.#store, 'access policies').getAccessPolicies(checkTableName(table), options);
  }

  /**
   * Replaces all stored access policies of a table with at most 5 others, in one request. An empty list removes them,
   * which revokes every SAS that refers to one. The service may take 30 seconds to apply the change. Needs the
   * account's key. Throws `store.table-not-found`.
   */
  async setAccessPolicies(table: string, policies: readonly AccessPolicy[], options?: OperationOptions): Promise<void> {
    checkOperation(options, ADMINISTRATION_OPTIONS.operation);
    checkPolicies(policies);
    const service = serviceOf(this.#store, 'access policies');
    await service.setAccessPolicies(checkTableName(table), policies, options);
  }

  /**
   * Creates a shared access signature (SAS) for a table or a range of its keys. `DataSource.open` accepts the result.
   * No request is sent, so the table need not exist. Throws `store.unauthorized` if the data source was opened without
   * the account's key.
   *
   * @example
   * ```ts
   * const expiry = new Date(Date.now() + 3_600_000);
   * const access = await db.tables.generateTableSas('Orders', { permissions: ['read'], expiry });
   * await using reader = await DataSource.open(access);
   * ```
   */
  async generateTableSas(table: string, options: TableSasOptions): Promise<SharedAccess> {
    checkTableSas(options);
    const service = serviceOf(this.#store, 'shared access signatures');
    return service.generateTableSas(checkTableName(table), options);
  }

  /**
   * Creates a shared access signature for the tables of the account. Otherwise the same as {@link generateTableSas}.
   */
  async generateAccountSas(options: AccountSasOptions): Promise<SharedAccess> {
    checkAccountSas(options);
    const service = serviceOf(this.#store, 'shared access signatures');
    return service.generateAccountSas(options);
  }

  /** Returns the logging and metrics settings of the Table service and its CORS rules, in one request. */
  async getServiceProperties(options?: OperationOptions): Promise<ServiceProperties> {
    checkOperation(options, ADMINISTRATION_OPTIONS.operation);
    return serviceOf(this.#store, 'service properties').getServiceProperties(options);
  }

  /** Changes the given properties and leaves the others as they are, in one request. */
  async setServiceProperties(properties: ServiceProperties, options?: OperationOptions): Promise<void> {
    checkOperation(options, ADMINISTRATION_OPTIONS.operation);
    checkServiceProperties(properties);
    const service = serviceOf(this.#store, 'service properties');
    await service.setServiceProperties(properties, options);
  }

  /** Returns the CORS rules, in one request. */
  async getCors(options?: OperationOptions): Promise<readonly CorsRule[]> {
    checkOperation(options, ADMINISTRATION_OPTIONS.operation);
    const { cors = [] } = await serviceOf(this.#store, 'CORS rules').getServiceProperties(options);
    return cors;
  }

  /** Replaces all CORS rules with at most 5 others, of 2 KiB in total, in one request; an empty list turns CORS off. */
  async setCors(rules: readonly CorsRule[], options?: OperationOptions): Promise<void> {
    checkOperation(options, ADMINISTRATION_OPTIONS.operation);
    checkCors(rules);
    const service = serviceOf(this.#store, 'CORS rules');
    await service.setServiceProperties({ cors: rules }, options);
  }

  /** Returns the replication state of the secondary location, in one request. Needs read-access geo-redundancy. */
  async getStatistics(options?: OperationOptions): Promise<ServiceStatistics> {
    checkOperation(options, ADMINISTRATION_OPTIONS.operation);
    return serviceOf(this.#store, 'statistics').getStatistics(options);
  }
}
