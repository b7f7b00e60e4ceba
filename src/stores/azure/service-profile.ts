import { COSMOS_LIMITS, STORAGE_LIMITS, type ServiceLimits } from '../../store/limits.js';
import type { AzureServiceName } from './azure-target.js';

/** The services that implement the protocol of Azure Tables. */
export type AzureServiceKind = 'azure-storage' | 'azure-cosmos' | 'azurite';

/**
 * Differences between the services. The scope of an access token is not among them, because the SDK derives it from the
 * host or from the service's challenge.
 */
export interface ServiceProfile {
  /** Limits that the service enforces, including reserved names. */
  readonly limits: ServiceLimits;
  /** True if rows arrive in key order. */
  readonly ordered: boolean;
  /** HTTP method of a merge: PATCH, or POST with `X-HTTP-Method: MERGE`. */
  readonly merge: 'PATCH' | 'POST';
  /**
   * Maximum length of a query's URL in characters. A longer query is sent inside a batch, which only Azure Storage is
   * known to accept.
   */
  readonly queryUrl: number;
}

/** The profile of each service. */
export const AZURE_SERVICES: Readonly<Record<AzureServiceKind, ServiceProfile>> = Object.freeze({
  'azure-storage': { limits: STORAGE_LIMITS, ordered: true, merge: 'PATCH', queryUrl: 8000 },
  'azure-cosmos': {
    limits: COSMOS_LIMITS,
    ordered: false,
    merge: 'POST',
    queryUrl: Infinity,
  },
  azurite: { limits: STORAGE_LIMITS, ordered: true, merge: 'PATCH', queryUrl: Infinity },
});

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Port of the Table endpoint of the Cosmos DB emulator, on any host. */
const COSMOS_EMULATOR_PORT = '8902';

/**
 * Recognises the service by its endpoint. A host of Cosmos DB, the port of its emulator, or a loopback address without
 * a path means Cosmos DB. Of the others, a URL with a path (the account's name) means the emulator Azurite.
 *
 * @param stated The service that the target or the options name, if they do.
 */
export function recogniseService(url: URL, stated: AzureServiceName | undefined): AzureServiceKind {
  if (stated === 'cosmos' || (stated === undefined && isCosmos(url))) return 'azure-cosmos';
  return url.pathname === '/' ? 'azure-storage' : 'azurite';
}

function isCosmos({ hostname, pathname, port }: URL): boolean {
  if (hostname.includes('.table.cosmosdb.') || hostname.includes('.table.cosmos.')) return true;
  return pathname === '/' && (LOOPBACK.has(hostname) || port === COSMOS_EMULATOR_PORT);
}
