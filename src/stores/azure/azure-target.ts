import type { BearerTokenAuthenticationPolicyOptions, HttpClient } from '@azure/core-rest-pipeline';
import type { TableServiceClient } from '@azure/data-tables';
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

/**
 * An account of Azure Table Storage, of Azure Cosmos DB for Table, or of the emulator: by connection string, by endpoint (plain http
 * where the URL says so) and credential, by endpoint and the default credential of `@azure/identity`, or by a client that exists.
 */
export type AzureTarget =
  | string
  | { readonly endpoint: string; readonly credential: AzureCredential }
  | { readonly endpoint: string; readonly identity: 'default' }
  | { readonly serviceClient: ServiceClient };

/** What can be changed about a connection to Azure. */
export interface AzureOptions {
  /** Sends the requests; by default the http client of `@azure/core-rest-pipeline`, one for each store. */
  readonly httpClient?: HttpClient | undefined;
  /** What is refused before I/O; by default what the service refuses. */
  readonly limits?: LimitsOption | undefined;
  /**
   * How often a read that failed on its way is sent again, 3 times by default; a write never is. A `serviceClient` has its own number,
   * but for 0, with which only access policies and service properties are.
   */
  readonly retry?: { readonly maxRetries: number } | undefined;
}
