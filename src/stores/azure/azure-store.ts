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
 * The tables of one account. Rows travel in requests that are built here and sent through the SDK client's own pipeline; what is done
 * rarely, the client does itself. A write is sent once: when a signal or a timeout ends the wait for its answer, it fails with
 * `store.outcome-unknown` and not with `store.aborted` or `store.timeout`, unless it had not left yet.
 */
export class AzureStore implements TableStore {
  /** Cosmos DB has none of it. */
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
    encodeText(table); // refused here, not by the client when the request is on its way
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

  /** Refuses what comes after it, and ends its connections; those of an http client that was given are not its own. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    return Promise.resolve();
  }
}
