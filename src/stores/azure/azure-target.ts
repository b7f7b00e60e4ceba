import type { BearerTokenAuthenticationPolicyOptions, HttpClient } from '@azure/core-rest-pipeline';
import type { TableClient, TableServiceClient } from '@azure/data-tables';
import type { LimitsOption } from '../../store/limits.js';

/** An account's name and key, e.g. an `AzureNamedKeyCredential`. */
export interface NamedKey {
  /** The account's name. */
  readonly name: string;
  /** One of its two keys, in Base64. */
  readonly key: string;
}

/** A shared access signature, e.g. an `AzureSASCredential`. */
export interface SharedAccessSignature {
  /** Its query string, e.g. `sv=…&sig=…`. */
  readonly signature: string;
}

/** What `@azure/identity` and its like make. */
export type TokenCredential = NonNullable<BearerTokenAuthenticationPolicyOptions['credential']>;

/** How a request is authorised. */
export type AzureCredential = NamedKey | SharedAccessSignature | TokenCredential;

/** What is used of a service client of `@azure/data-tables`; its policies keep working, in the order they have when the store is opened. */
export type ServiceClient = Pick<TableServiceClient, 'url' | 'pipeline' | 'listTables'>;

/** What is used of any client of the SDK. */
export type SdkClient = Pick<TableServiceClient, 'url' | 'pipeline'>;

/** What is used of a client of one table of `@azure/data-tables`; its policies keep working in the same way. */
export type SingleTableClient = Pick<TableClient, 'url' | 'pipeline' | 'tableName'>;

/**
 * An account of Azure Table Storage, of Azure Cosmos DB for Table, or of the emulator: by connection string, by endpoint (plain http
 * where the URL says so) and credential, by endpoint and the default credential of `@azure/identity`, or by a client that exists. Of a
 * `tableClient` it is the account that counts: an entity class says its table, and its credential whether that may be used.
 */
export type AzureTarget =
  | string
  | ({ readonly endpoint: string; readonly credential: AzureCredential } & ServiceStated)
  | ({ readonly endpoint: string; readonly identity: 'default' } & ServiceStated)
  | ({ readonly serviceClient: ServiceClient } & ServiceStated)
  | ({ readonly tableClient: SingleTableClient } & ServiceStated);

/** The services that have tables: the Table service of Azure Storage or its emulator, or Azure Cosmos DB for Table. */
export type AzureServiceName = 'storage' | 'cosmos';

/** What a target may say of its service. */
export interface ServiceStated {
  /** Says which service answers, where the address does not tell; it counts more than the option `service` of `DataSource.open`. */
  readonly service?: AzureServiceName | undefined;
}

/** What can be changed about a connection to Azure. */
export interface AzureOptions {
  /** Sends the requests; by default the http client of `@azure/core-rest-pipeline`, one for each store. */
  readonly httpClient?: HttpClient | undefined;
  /** Connections that are open to the account at most, 100 by default; not of an `httpClient`. Requests beyond them wait for their turn. */
  readonly maxSockets?: number | undefined;
  /** Bytes of one answer that are read at most, 128 MiB by default. An `httpClient` reads what it reads. */
  readonly maxAnswerBytes?: number | undefined;
  /**
   * Which service answers. By default the address tells: Cosmos DB has `.table.cosmos.` in its host, and its emulator port 8902, or this
   * machine as the host without a path. Say it for an address of your own, e.g. a proxy's; what the target says counts more.
   */
  readonly service?: AzureServiceName | undefined;
  /** What is refused before I/O; by default what the service refuses. */
  readonly limits?: LimitsOption | undefined;
  /**
   * How often a read that failed on its way is sent again, 3 times by default; a write never is. A client that is given has its own number,
   * but for 0, with which only access policies and service properties are.
   */
  readonly retry?: { readonly maxRetries: number } | undefined;
}
