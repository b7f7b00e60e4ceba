import { TableServiceClient } from '@azure/data-tables';
import type { TableStore } from '../../store/table-store.js';
import { resolveLimits } from '../../store/limits.js';
import { unknownTarget } from '../../store/unknown-target.js';
import { AZURE_SERVICES, recogniseService } from './service-profile.js';
import { AzureStore } from './azure-store.js';
import {
  parseConnectionString,
  type AzureOptions,
  type AzureServiceName,
  type AzureTarget,
  type NamedKey,
  type SdkClient,
  type ServiceClient,
  type SingleTableClient,
} from './azure-target.js';
import { credentialOf, isNamedKey } from './credential.js';
import { checkEndpoint, endpointUrl } from './endpoint.js';
import { keptConnections } from './http/http-client.js';
import { ownAnswers } from './http/response-guard.js';
import { sharedKey } from './http/shared-key.js';
import { Transport } from './http/transport.js';

/**
 * Opens the tables of an account, without sending a request. Throws `store.unknown-target`, which never quotes the
 * target because that may contain a key, and `store.package-missing` if `identity` needs the optional package
 * `@azure/identity`.
 */
export async function openAzure(target: AzureTarget, options: AzureOptions = {}): Promise<TableStore> {
  const { maxSockets = 100, maxAnswerBytes = 128 * 1024 * 1024 } = options;
  const connections = keptConnections({ maxSockets, maxAnswerBytes });
  const httpClient = ownAnswers(options.httpClient ?? connections, () => connections.closeIdle());
  const stated = serviceOf(target, options);
  const { client, key } = isGiven(target)
    ? { client: givenClient(target), key: undefined }
    : await connect(target, { ...options, service: stated, httpClient });
  const url = new URL(client.url);
  checkEndpoint(url, stated !== undefined);
  const kind = recogniseService(url, stated);
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
    maxAnswerBytes,
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

type Given = Extract<AzureTarget, { readonly serviceClient: unknown } | { readonly tableClient: unknown }>;

/** Returns the service that the target names, or else the one that the options name. */
function serviceOf(target: AzureTarget, { service }: AzureOptions): AzureServiceName | undefined {
  return (typeof target === 'string' ? undefined : target.service) ?? service;
}

function isGiven(target: AzureTarget): target is Given {
  return typeof target !== 'string' && ('serviceClient' in target || 'tableClient' in target);
}

/**
 * Returns the client in a target. It checks members instead of classes, because the client may come from another copy
 * of the SDK. A `TableClient` must not pass for a service client, because its methods expect options where those of a
 * service client expect the name of a table.
 */
function givenClient(target: Given): SdkClient {
  const client: Partial<ServiceClient & SingleTableClient> | null | undefined =
    'serviceClient' in target ? target.serviceClient : target.tableClient;
  const member = 'serviceClient' in target ? 'serviceClient' : 'tableClient';
  const isClient = typeof client?.pipeline?.clone === 'function' && typeof client.url === 'string';
  const found = !isClient ? undefined : typeof client.listTables === 'function' ? 'serviceClient' : 'tableClient';
  if (isClient && found === member) return client as SdkClient;
  throw unknownTarget(
    found === undefined
      ? `The ${member} is no ${member === 'serviceClient' ? 'TableServiceClient' : 'TableClient'} of @azure/data-tables.`
      : `The ${member} is another client of @azure/data-tables: give it as { ${found} }.`,
  );
}

async function connect(
  target: Exclude<AzureTarget, Given>,
  { httpClient, retry, service }: AzureOptions,
): Promise<{ readonly client: SdkClient; readonly key: NamedKey | undefined }> {
  const addressed = typeof target === 'string' ? parseConnectionString(target) : target;
  const url = endpointUrl(addressed.endpoint, service !== undefined);
  const credential = await credentialOf(addressed);
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
  // With this policy, reading a compressed response that is cut off would never finish:
  // see `LEFT_OUT` of the transport.
  client.pipeline.removePolicy({ name: 'decompressResponsePolicy' });
  return { client, key: isNamedKey(credential) ? credential : undefined };
}
