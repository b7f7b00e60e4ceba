import { TableServiceClient } from '@azure/data-tables';
import { EntitableError } from '../../errors/entitable-error.js';
import type { TableStore } from '../../store/table-store.js';
import { resolveLimits } from '../../store/limits.js';
import { AZURE_SERVICES, recogniseService } from './azure-service.js';
import { AzureStore } from './azure-store.js';
import type { AzureCredential, AzureOptions, AzureTarget, NamedKey, ServiceClient } from './azure-target.js';
import { parseConnectionString } from './connection-string.js';
import { keptConnections } from './kept-connections.js';
import { ownAnswers } from './own-answers.js';
import { sharedKey } from './shared-key.js';
import { Transport } from './transport.js';

const EXPECTED = Object.freeze([
  'a connection string of Azure Storage or Cosmos DB',
  "'UseDevelopmentStorage=true'",
  '{ endpoint, credential }: an http or https URL without a query, and a named key, a SAS or a token credential',
  "{ endpoint, identity: 'default' }",
  '{ serviceClient }',
]);

/**
 * Opens the tables of an account. No request is sent. Throws `store.unknown-target`, which never echoes the target (it may hold a key),
 * and `store.package-missing` where `identity` needs the optional package `@azure/identity`.
 */
export async function openAzure(target: AzureTarget, options: AzureOptions = {}): Promise<TableStore> {
  const connections = keptConnections();
  const httpClient = ownAnswers(options.httpClient ?? connections, () => connections.closeIdle());
  const { client, key } = isServiceClient(target)
    ? { client: target.serviceClient, key: undefined }
    : await connect(target, { ...options, httpClient });
  const url = new URL(client.url);
  const kind = recogniseService(url);
  const service = AZURE_SERVICES[kind];
  const endpoint = `${url.origin}${url.pathname.replace(/\/$/, '')}`;
  return new AzureStore({
    client,
    httpClient,
    key,
    closeConnections: () => connections.close(),
    transport: new Transport({
      pipeline: client.pipeline,
      httpClient,
      foreign: options.httpClient !== undefined,
      query: url.search.slice(1),
      retries: options.retry?.maxRetries !== 0,
    }),
    endpoint,
    service,
    traits: Object.freeze({
      kind,
      identity: endpoint.toLowerCase(),
      ordered: service.ordered,
      removes: 'by-replacing',
      rawFilters: true,
      limits: resolveLimits(service.limits, options.limits),
    }),
  });
}

type Addressed = Exclude<AzureTarget, { readonly serviceClient: ServiceClient }>;

async function connect(
  target: Addressed,
  { httpClient, retry }: AzureOptions,
): Promise<{ readonly client: ServiceClient; readonly key: NamedKey | undefined }> {
  const { endpoint, credential } = await addressed(
    typeof target === 'string' ? (parseConnectionString(target) ?? unknownTarget()) : target,
  );
  const url = endpointUrl(endpoint);
  const client = new TableServiceClient(url.href, credential as never, {
    ...(httpClient === undefined ? {} : { httpClient }),
    ...(retry === undefined ? {} : { retryOptions: { maxRetries: retry.maxRetries } }),
    allowInsecureConnection: url.protocol === 'http:',
  });
  if (isNamedKey(credential)) {
    const policy = sharedKey(credential);
    client.pipeline.removePolicy({ name: policy.name });
    client.pipeline.addPolicy(policy);
  }
  client.pipeline.removePolicy({ name: 'decompressResponsePolicy' }); // see Transport: what breaks off would never end
  return { client, key: isNamedKey(credential) ? credential : undefined };
}

async function addressed(
  target: Exclude<Addressed, string>,
): Promise<{ readonly endpoint: string; readonly credential: AzureCredential }> {
  if (typeof target !== 'object' || target === null || typeof target.endpoint !== 'string') return unknownTarget();
  const { endpoint, identity, credential } = target as {
    readonly endpoint: string;
    readonly identity?: unknown;
    readonly credential?: unknown;
  };
  if (identity === 'default') return { endpoint, credential: await defaultCredential() };
  return identity === undefined && isCredential(credential) ? { endpoint, credential } : unknownTarget();
}

function isServiceClient(target: AzureTarget): target is { readonly serviceClient: ServiceClient } {
  return (
    typeof target === 'object' &&
    target !== null &&
    'serviceClient' in target &&
    typeof target.serviceClient?.pipeline?.clone === 'function' &&
    typeof target.serviceClient.listTables === 'function' // a TableClient would take the name of a table for options
  );
}

/** By what they have, as the SDK does: they may come from another copy of a package. What is missing or empty was never set. */
function isCredential(credential: unknown): credential is AzureCredential {
  if (typeof credential !== 'object' || credential === null) return false;
  const { getToken, signature, name, key } = credential as Readonly<Record<string, unknown>>;
  return typeof getToken === 'function' || isText(signature) || (isText(name) && isText(key));
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isNamedKey(credential: AzureCredential): credential is NamedKey {
  return 'name' in credential && 'key' in credential;
}

function endpointUrl(endpoint: string): URL {
  if (!URL.canParse(endpoint)) unknownTarget();
  const url = new URL(endpoint);
  if (!/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '') unknownTarget();
  return url;
}

async function defaultCredential(): Promise<AzureCredential> {
  try {
    const { DefaultAzureCredential } = await import('@azure/identity');
    return new DefaultAzureCredential();
  } catch (cause) {
    if ((cause as { readonly code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new EntitableError(
      'store.package-missing',
      "{ identity: 'default' } needs the package @azure/identity. Install it, or give a credential.",
      { package: '@azure/identity' },
      { cause },
    );
  }
}

function unknownTarget(): never {
  throw new EntitableError(
    'store.unknown-target',
    `This is no target of the Azure store (it is not shown: it may hold a key). Expected: ${EXPECTED.join('; ')}.`,
    {
      expected: EXPECTED,
    },
  );
}
