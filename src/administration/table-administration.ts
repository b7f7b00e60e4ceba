import { readOption } from '../options/check-option.js';
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
import { typeName } from '../errors/type-name.js';
import { checkAccountSas, checkPolicies, checkTableSas, serviceOf } from './check-access.js';
import { checkCors, checkServiceProperties } from './check-service-properties.js';
import { checkTableName, listTables, nameForm, type ListTablesOptions } from './list-tables.js';
import type { ClassCopyOptions, CopyOptions, CopyReport, CopySettings } from './copy-options.js';
import { copyTable } from './copy-table.js';
import { createTable, type CreateTableOptions } from './create-table.js';
import { describeTable, type DescribeOptions, type TableDescription } from './describe-table.js';
import { ensureTables, type EnsureTablesOptions } from './ensure-tables.js';
import { ADMINISTRATION_OPTIONS } from './option-names.js';
import { placeIn, type AdministeredTables, type TablePlace } from './table-place.js';
import { truncateTable, type TruncateOptions, type TruncateReport } from './truncate-table.js';

/** What another administration works on, also where it is another copy of this package's. */
const ADMINISTERED: unique symbol = Symbol.for('entitable/administered-tables') as never;

/** What has tables: a `DataSource`. */
export interface HasTables {
  /** Its tables. */
  readonly tables: TableAdministration;
}

/** A table by its name in the store, here or in another data source. */
export type NamedTable = string | { readonly dataSource: HasTables; readonly table: string };

/**
 * The table of an entity class, here or in another data source, under the name that `tableName` gives it there. It stands for the rows
 * that the class can have: where its row key begins with a literal, those of other classes in the same table are not its own.
 */
export type ClassTable<T extends object> =
  EntityClass<T> | { readonly dataSource: HasTables; readonly table: EntityClass<T> };

/**
 * The tables of a data source. Names are those that tables have in the store: `tableName` of the data source is applied to entity
 * classes only. Bad names and options are `validation.invalid-option` before anything is sent.
 */
export class TableAdministration {
  readonly #tables: AdministeredTables;
  readonly #store: TableStore;

  constructor(tables: AdministeredTables) {
    this.#tables = tables;
    this.#store = tables.strict;
  }

  /** @internal */
  get [ADMINISTERED](): AdministeredTables {
    return this.#tables;
  }

  /** Creates a table. Throws `store.table-exists` when there is one of this name. */
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
   * Creates a table where there is none; `false` when there was. Azure keeps the name of a deleted table for some 40 seconds: until then
   * it throws `store.unavailable`, or waits with `waitForDeletion`, and throws `store.timeout` when that takes too long.
   *
   * @example
   * ```ts
   * await tables.tables.createIfMissing('Orders', { waitForDeletion: true, timeout: 90_000 });
   * ```
   */
  async createIfMissing(table: string, options?: CreateTableOptions): Promise<boolean> {
    checkOperation(options, ADMINISTRATION_OPTIONS.create);
    return createTable(this.#store, checkTableName(table), options);
  }

  /**
   * Creates those tables of entity classes, or of names, that are missing, e.g. when a program starts; gives the names that it made, in
   * order. Looks at the list of tables first (a request for every 1,000 tables of the account), so that a table that exists is not a
   * failed request; then a request for each that is missing, 8 at once. Each by itself: what could be made stays. Throws
   * `store.tables-not-created`, which names every table that could not be.
   *
   * @example
   * ```ts
   * await tables.tables.ensure([Order, Customer]);
   * ```
   */
  async ensure(wanted: Iterable<EntityClass | string>, options?: EnsureTablesOptions): Promise<readonly string[]> {
    checkOperation(options, ADMINISTRATION_OPTIONS.ensure);
    return ensureTables(this.#tables, wanted, options);
  }

  /** Deletes a table and every row in it; `false` when there was none. Azure frees the name after some 40 seconds. */
  async delete(table: string, options?: OperationOptions): Promise<boolean> {
    checkOperation(options, ADMINISTRATION_OPTIONS.operation);
    return this.#store.deleteTable(checkTableName(table), options);
  }

  /** Whether there is a table of this name. */
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
   * The names of the tables, ordered by their lower-case form: all, those with a prefix, or those from one name to another. Costs a
   * request for every 1,000 tables of the account, whichever are wanted: services do not compare names as they order them.
   */
  list(options?: ListTablesOptions): AsyncGenerator<string, void, undefined> {
    checkOperation(options, ADMINISTRATION_OPTIONS.list);
    return listTables(this.#store, options);
  }

  /**
   * Reads the first rows of a table, and tells which properties they have, of which types, and how often: 1,000 rows, one request, where
   * `sample` says nothing else. What it tells holds no key and no value. Given an entity class, it looks at the rows that the class can
   * have. Throws `store.table-not-found`.
   *
   * @example
   * ```ts
   * const { properties } = await tables.tables.describe('Orders', { sample: 10_000 });
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
   * Copies the rows of a table to another, here or in another data source, on whatever stores the two are: keys and properties exactly,
   * with their types, also what no class declares. Rows get new timestamps and ETags. The table copied to is made if it is missing,
   * where the data source makes tables; rows in it that the source does not have stay.
   *
   * It reads page by page and writes transactions of one partition, 16 of them at once, in bounded memory: a request for every 1,000 rows
   * to read, and one for every 100 of a partition to write. It is no snapshot: rows that change meanwhile are copied as they were or as
   * they are. Nor is it atomic; doing it again completes it, since rows that stand are replaced. Every row that was read is in the
   * report, or in the details of `commit.bulk-stopped`. Throws `store.table-not-found` where the source does not exist, and `query.*`
   * for a filter.
   *
   * @example
   * ```ts
   * const local = await DataSource.open('sqlite:./copy.db');
   * await tables.tables.copy('Orders', { dataSource: local, table: 'Orders' });
   * await tables.tables.copy(Order, 'OldOrders', { filter: (order) => order.placedAt.lt(new Date('2026-01-01')) });
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
    return copyTable(this.#placeOf(from, 'from'), this.#placeOf(to, 'to'), options);
  }

  /**
   * Deletes every row of a table, whatever its ETag, and keeps the table: 100 rows of a partition in a transaction, 16 of them at once,
   * and a request for every 1,000 rows to read their keys. Deleting the table would be quicker, but Azure then keeps its name for some 40
   * seconds. Not atomic; rows that are written meanwhile may stay. Given an entity class, it deletes the rows that the class can have.
   * Throws `store.table-not-found`, and `commit.bulk-stopped` with how far it came.
   */
  async truncate<T extends object>(table: string | EntityClass<T>, options?: TruncateOptions): Promise<TruncateReport> {
    checkOperation(options, ADMINISTRATION_OPTIONS.truncate);
    return truncateTable(placeIn(this.#tables, table), options);
  }

  /**
   * The stored access policies of a table, one request. Needs the account's key. Throws `store.table-not-found`, and
   * `store.not-supported` on every store but the Table service of Azure Storage, like all that follows.
   */
  async getAccessPolicies(table: string, options?: OperationOptions): Promise<readonly AccessPolicy[]> {
    checkOperation(options, ADMINISTRATION_OPTIONS.operation);
    return serviceOf(this.#store, 'access policies').getAccessPolicies(checkTableName(table), options);
  }

  /**
   * Puts at most 5 policies in the place of all that a table has, one request; none takes them away, and with them every SAS that names
   * one. The service may take 30 seconds to heed it. Needs the account's key. Throws `store.table-not-found`.
   */
  async setAccessPolicies(table: string, policies: readonly AccessPolicy[], options?: OperationOptions): Promise<void> {
    checkOperation(options, ADMINISTRATION_OPTIONS.operation);
    checkPolicies(policies);
    const service = serviceOf(this.#store, 'access policies');
    await service.setAccessPolicies(checkTableName(table), policies, options);
  }

  /**
   * Signs access to a table, or to a range of its keys: what `DataSource.open` takes. No request is sent; nothing tests whether the table
   * exists. Throws `store.unauthorized` where the data source was opened without the account's key.
   *
   * @example
   * ```ts
   * const access = await tables.tables.generateTableSas('Orders', { permissions: ['read'], expiry: new Date(Date.now() + 3_600_000) });
   * await using reader = await DataSource.open(access);
   * ```
   */
  async generateTableSas(table: string, options: TableSasOptions): Promise<SharedAccess> {
    checkTableSas(options);
    const service = serviceOf(this.#store, 'shared access signatures');
    return service.generateTableSas(checkTableName(table), options);
  }

  /** Signs access to the tables of the account; the same otherwise as {@link generateTableSas}. */
  async generateAccountSas(options: AccountSasOptions): Promise<SharedAccess> {
    checkAccountSas(options);
    const service = serviceOf(this.#store, 'shared access signatures');
    return service.generateAccountSas(options);
  }

  /** Which requests the account's Table service logs and counts, and its CORS rules; one request. */
  async getServiceProperties(options?: OperationOptions): Promise<ServiceProperties> {
    checkOperation(options, ADMINISTRATION_OPTIONS.operation);
    return serviceOf(this.#store, 'service properties').getServiceProperties(options);
  }

  /** Changes those that are given and leaves the others as they are; one request. */
  async setServiceProperties(properties: ServiceProperties, options?: OperationOptions): Promise<void> {
    checkOperation(options, ADMINISTRATION_OPTIONS.operation);
    checkServiceProperties(properties);
    const service = serviceOf(this.#store, 'service properties');
    await service.setServiceProperties(properties, options);
  }

  /** The CORS rules alone; one request. */
  async getCors(options?: OperationOptions): Promise<readonly CorsRule[]> {
    checkOperation(options, ADMINISTRATION_OPTIONS.operation);
    const { cors = [] } = await serviceOf(this.#store, 'CORS rules').getServiceProperties(options);
    return cors;
  }

  /** Puts at most 5 rules, of at most 2 KiB in all, in the place of all; none turns CORS off. One request. */
  async setCors(rules: readonly CorsRule[], options?: OperationOptions): Promise<void> {
    checkOperation(options, ADMINISTRATION_OPTIONS.operation);
    checkCors(rules);
    const service = serviceOf(this.#store, 'CORS rules');
    await service.setServiceProperties({ cors: rules }, options);
  }

  /** How far the secondary location is, which answers by itself; only with read-access geo-redundancy. One request. */
  async getStatistics(options?: OperationOptions): Promise<ServiceStatistics> {
    checkOperation(options, ADMINISTRATION_OPTIONS.operation);
    return serviceOf(this.#store, 'statistics').getStatistics(options);
  }

  #placeOf(reference: NamedTable | ClassTable<object>, option: string): TablePlace {
    if (typeof reference !== 'object' || reference === null) return placeIn(this.#tables, reference);
    const { dataSource, table } = readOption(option, () => ({ ...reference }));
    const administered = readOption(option, () => (dataSource as HasTables | undefined)?.tables?.[ADMINISTERED]);
    if (administered !== undefined) return placeIn(administered, table);
    const expected = 'a table name, an entity class, or { dataSource, table } with a DataSource';
    throw new EntitableError('validation.invalid-option', `${option} takes ${expected}.`, {
      option,
      expected,
      found: typeName(dataSource),
    });
  }
}
