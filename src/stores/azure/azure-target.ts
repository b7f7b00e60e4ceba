import type { BearerTokenAuthenticationPolicyOptions, HttpClient } from '@azure/core-rest-pipeline';
import type { TableClient, TableServiceClient } from '@azure/data-tables';
import type { LimitsOption } from '../../store/limits.js';
import { unknownTarget } from '../../store/unknown-target.js';

/** An account's name and key, e.g. an `AzureNamedKeyCredential`. */
export interface NamedKey {
  /** The account's name. */
  readonly name: string;
  /** One of the account's two keys, in base64. */
  readonly key: string;
}

/** A shared access signature, e.g. an `AzureSASCredential`. */
export interface SharedAccessSignature {
  /** The query string of the SAS, e.g. `sv=…&sig=…`. */
  readonly signature: string;
}

/** A credential that returns tokens, such as those of `@azure/identity`. */
export type TokenCredential = NonNullable<BearerTokenAuthenticationPolicyOptions['credential']>;

/** A credential that authorises requests. */
export type AzureCredential = NamedKey | SharedAccessSignature | TokenCredential;

/**
 * The members of a `TableServiceClient` of `@azure/data-tables` that Entitable uses. The policies of its pipeline apply
 * to Entitable's requests, in the order that they have when the data source is opened.
 */
export type ServiceClient = Pick<TableServiceClient, 'url' | 'pipeline' | 'listTables'>;

/** The members that Entitable uses of any client of the SDK. */
export type SdkClient = Pick<TableServiceClient, 'url' | 'pipeline'>;

/**
 * The members of a `TableClient` of `@azure/data-tables` that Entitable uses. The policies of its pipeline apply to
 * Entitable's requests, like those of a service client.
 */
export type SingleTableClient = Pick<TableClient, 'url' | 'pipeline' | 'tableName'>;

/**
 * An account of Azure Table Storage, of Azure Cosmos DB for Table, or of the emulator. Specify it by one of these:
 *
 * - a connection string
 * - an endpoint and a credential; plain HTTP if the URL begins with `http:`
 * - an endpoint and `identity: 'default'`, the default credential of `@azure/identity`
 * - an existing client of `@azure/data-tables`
 *
 * A `tableClient` only identifies the account: the entity class names the table, and the client's credential decides
 * whether that table may be accessed.
 */
export type AzureTarget =
  | string
  | ({ readonly endpoint: string; readonly credential: AzureCredential } & ServiceStated)
  | ({ readonly endpoint: string; readonly identity: 'default' } & ServiceStated)
  | ({ readonly serviceClient: ServiceClient } & ServiceStated)
  | ({ readonly tableClient: SingleTableClient } & ServiceStated);

/** The kinds of service: the Table service of Azure Storage or its emulator, or Azure Cosmos DB for Table. */
export type AzureServiceName = 'storage' | 'cosmos';

/** The option of a target that names its service. */
export interface ServiceStated {
  /**
   * The kind of service at the endpoint, for a URL from which it cannot be inferred. Takes precedence over the option
   * `service` of `DataSource.open`.
   */
  readonly service?: AzureServiceName | undefined;
}

/** Options of a connection to Azure. */
export interface AzureOptions {
  /**
   * The HTTP client that sends the requests. By default, each store has one of its own, built on that of
   * `@azure/core-rest-pipeline`.
   */
  readonly httpClient?: HttpClient | undefined;
  /**
   * Maximum number of open connections to the account, 100 by default. Further requests wait. Has no effect if you pass
   * your own `httpClient`.
   */
  readonly maxSockets?: number | undefined;
  /** Maximum size of a response in bytes, 128 MiB by default. Has no effect if you pass your own `httpClient`. */
  readonly maxAnswerBytes?: number | undefined;
  /**
   * The kind of service at the endpoint. By default it is inferred from the URL: the host of Cosmos DB contains
   * `.table.cosmos.`; the URL of its emulator has port 8902, or a loopback host and no path. Set this option for a URL
   * of your own, e.g. that of a proxy. The `service` of a target takes precedence.
   */
  readonly service?: AzureServiceName | undefined;
  /** Limits that are checked before a request is sent; by default, the limits of the service. */
  readonly limits?: LimitsOption | undefined;
  /**
   * Maximum number of retries of a failed read, 3 by default. The HTTP pipeline does not retry writes. A client that
   * was passed in keeps its own retry setting, except that 0 turns off all of its retries other than those for access
   * policies and service properties.
   */
  readonly retry?: { readonly maxRetries: number } | undefined;
}

/** The endpoint and the credential in a connection string. */
export interface ParsedConnection {
  readonly endpoint: string;
  readonly credential: NamedKey | SharedAccessSignature;
}

type Settings = ReadonlyMap<string, string>;

/** The name and key of the emulator's account. The key is public: every emulator has the same. */
const DEVELOPMENT: NamedKey = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

const NO_SQL =
  'It is a connection string of Cosmos DB for NoSQL, whose documents are no tables. That of an account for Table has AccountName, ' +
  'AccountKey and TableEndpoint=https://ACCOUNT.table.cosmos.azure.com:443/.';

/**
 * Parses a connection string of Azure Storage, Cosmos DB or the emulator. Names may be in any case and order. The
 * endpoint and the credential are validated later, when the data source connects. Throws `store.unknown-target`.
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
  // The name becomes part of the host, so any other character could lead to another host.
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
