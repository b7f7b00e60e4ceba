import type { ServiceAdministration } from '../../store/service-administration.js';
import type { RowShape } from '../../store/row.js';
import type { PreparedWrite, RowPage, Rows, StoreTraits, TableStore, WriteReceipt } from '../../store/table-store.js';
import type { OperationOptions } from '../../options/operation-options.js';
import { AzureAdministration } from './account/azure-administration.js';
import { AzureRows } from './azure-rows.js';
import { AzureConnection, type ConnectionSettings } from './azure-connection.js';
import { encodeText } from './requests/query-url.js';
import { submitWrites } from './requests/submit-writes.js';
import { createTable, deleteTable, listTables } from './requests/table-operations.js';
import type { AzureWrite } from './requests/wire-request.js';

/**
 * Accesses the tables of one account. Requests for rows and tables are built here and sent through the SDK client's
 * pipeline; the rarer administration requests (such as access policies) are sent by the SDK's clients. A write is sent
 * only once. If a signal or a timeout stops it after it was sent, it fails with `store.outcome-unknown`, not with
 * `store.aborted` or `store.timeout`.
 */
export class AzureStore implements TableStore {
  /** Administration of the account's Table service. Undefined for Cosmos DB, which does not offer it. */
  readonly service: ServiceAdministration | undefined;
  readonly #connection: AzureConnection;

  constructor(settings: ConnectionSettings) {
    this.#connection = new AzureConnection(settings);
    if (settings.traits.kind !== 'azure-cosmos') this.service = new AzureAdministration(this.#connection);
  }

  get traits(): StoreTraits {
    return this.#connection.traits;
  }

  rows(table: string, shape: RowShape): Rows {
    return new AzureRows(this.#connection, table, shape);
  }

  submit(
    table: string,
    writes: readonly PreparedWrite[],
    options?: OperationOptions,
  ): Promise<readonly WriteReceipt[]> {
    return submitWrites(this.#connection, table, writes as readonly AzureWrite[], options);
  }

  async createTable(table: string, options?: OperationOptions): Promise<boolean> {
    encodeText(table); // rejects invalid text now, not when the request is being sent
    return createTable(this.#connection, table, options);
  }

  async deleteTable(table: string, options?: OperationOptions): Promise<boolean> {
    encodeText(table);
    return deleteTable(this.#connection, table, options);
  }

  async tables(
    request: { readonly prefix?: string; readonly continuation?: string } = {},
    options?: OperationOptions,
  ): Promise<RowPage<string>> {
    encodeText(request.continuation ?? '');
    return listTables(this.#connection, request, options);
  }

  /**
   * Rejects later operations and closes the store's connections. The connections of an HTTP client that the application
   * passed in stay open.
   */
  [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    return Promise.resolve();
  }
}
