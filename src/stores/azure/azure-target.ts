import type { BearerTokenAuthenticationPolicyOptions, HttpClient } from '@azure/core-rest-pipeline';
import type { TableClient, TableServiceClient } from '@azure/data-tables';
import type { LimitsOption } from '../../store/limits.js';
import { unknownTarget } from '../../store/unknown-target.js';

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

/** What a connection string says. */
export interface ParsedConnection {
  readonly endpoint: string;
  readonly credential: NamedKey | SharedAccessSignature;
}

type Settings = ReadonlyMap<string, string>;

/** The emulator's account; its key is public. */
const DEVELOPMENT: NamedKey = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

const NO_SQL =
  'It is a connection string of Cosmos DB for NoSQL, whose documents are no tables. That of an account for Table has AccountName, ' +
  'AccountKey and TableEndpoint=https://ACCOUNT.table.cosmos.azure.com:443/.';

/**
 * Reads a connection string of Azure Storage, Cosmos DB or the emulator. Names are in any case and order. What its endpoint and its
 * credential are is checked by who connects. Throws `store.unknown-target`.
 */
export function parseConnectionString(text: string): ParsedConnection {
  const settings = settingsOf(text);
  if (settings.has('usedevelopmentstorage')) return emulator(settings);
  if (settings.has('accountendpoint')) throw unknownTarget(NO_SQL);
  const endpoint = endpointOf(settings);
  const signature = settings.get('sharedaccesssignature');
  if (signature !== undefined) return { endpoint, credential: { signature } };
  const [name, key] = [settings.get('accountname'), settings.get('accountkey')];
  if (name !== undefined && key !== undefined) return { endpoint, credential: { name, key } };
  const missing = key === undefined ? 'neither AccountKey nor SharedAccessSignature' : 'no AccountName';
  throw unknownTarget(
    `The connection string has ${missing}: copy the whole of it, from DefaultEndpointsProtocol= or TableEndpoint= on.`,
  );
}

function settingsOf(text: string): Settings {
  const settings = new Map<string, string>();
  for (const setting of text.split(';')) {
    const at = setting.indexOf('=');
    if (at <= 0) {
      if (setting.trim() === '') continue;
      throw unknownTarget('The connection string has a part that is no NAME=VALUE between two semicolons.');
    }
    const name = setting.slice(0, at).trim();
    const value = setting.slice(at + 1).trim();
    if ((settings.get(name.toLowerCase()) ?? value) !== value) {
      throw unknownTarget(
        'The connection string says one of its settings twice, in two ways: give one connection string, not several.',
      );
    }
    settings.set(name.toLowerCase(), value);
  }
  return settings;
}

function emulator(settings: Settings): ParsedConnection {
  if (settings.get('usedevelopmentstorage')!.toLowerCase() !== 'true') {
    throw unknownTarget('The emulator is UseDevelopmentStorage=true; for an account, leave UseDevelopmentStorage out.');
  }
  const host = settings.get('developmentstorageproxyuri')?.replace(/\/+$/, '') ?? 'http://127.0.0.1';
  if (!/^https?:\/\/[\w.-]+$/i.test(host)) {
    throw unknownTarget(
      'DevelopmentStorageProxyUri is a URL without port and path, such as http://azurite: port 10002 is added. For another port, give a connection string with TableEndpoint.',
    );
  }
  return { endpoint: `${host}:10002/${DEVELOPMENT.name}`, credential: DEVELOPMENT };
}

function endpointOf(settings: Settings): string {
  const stated = settings.get('tableendpoint');
  if (stated !== undefined) return stated;
  const account = settings.get('accountname');
  if (account === undefined) {
    const other = ['blobendpoint', 'queueendpoint', 'fileendpoint'].some((name) => settings.has(name));
    throw unknownTarget(
      other
        ? 'The connection string has endpoints of other services, and no TableEndpoint: add TableEndpoint=https://ACCOUNT.table.core.windows.net.'
        : 'The connection string has neither AccountName nor TableEndpoint: copy the whole of it.',
    );
  }
  if (account === '') throw unknownTarget('AccountName is empty in the connection string.');
  // It is a part of the host: what is no name would be another host.
  if (!/^[a-z\d-]+$/i.test(account)) {
    throw unknownTarget(
      'AccountName in the connection string has a character that no account has in its name: it has letters, digits and -.',
    );
  }
  return `${protocolOf(settings)}://${account}.table.${suffixOf(settings)}`;
}

function protocolOf(settings: Settings): string {
  const protocol = settings.get('defaultendpointsprotocol') ?? 'https';
  if (/^https?$/i.test(protocol)) return protocol;
  throw unknownTarget('DefaultEndpointsProtocol in the connection string is neither https nor http.');
}

function suffixOf(settings: Settings): string {
  const suffix = settings.get('endpointsuffix') ?? 'core.windows.net';
  if (suffix === '') {
    throw unknownTarget(
      'EndpointSuffix is empty in the connection string: leave it out, or give EndpointSuffix=core.windows.net.',
    );
  }
  if (/^[a-z\d-]+(?:\.[a-z\d-]+)*(?::\d+)?$/i.test(suffix) && !/^table\./i.test(suffix)) return suffix;
  throw unknownTarget(
    'EndpointSuffix in the connection string is what follows the service in a host, such as core.windows.net: no scheme, no path, no dot before it, and not table.core.windows.net.',
  );
}
