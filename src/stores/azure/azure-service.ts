import { COSMOS_LIMITS, STORAGE_LIMITS, type ServiceLimits } from '../../store/limits.js';

/** The services that speak this protocol. */
export type AzureServiceKind = 'azure-storage' | 'azure-cosmos' | 'azurite';

/** Where the services differ. (The scope of a token is the SDK's to choose: by the host, or by the service's challenge.) */
export interface AzureService {
  /** What it refuses, reserved names included. */
  readonly limits: ServiceLimits;
  /** Whether rows arrive in key order. */
  readonly ordered: boolean;
  /** How a merge is sent: as PATCH, or as POST with `X-HTTP-Method: MERGE`. */
  readonly merge: 'PATCH' | 'POST';
  /** The longest URL of a query; a longer one travels within a batch, which only Azure Storage is known to take. */
  readonly queryUrl: number;
}

/** The differences, in one table. */
export const AZURE_SERVICES: Readonly<Record<AzureServiceKind, AzureService>> = Object.freeze({
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

/**
 * Which service answers at an endpoint. A path that names the account is the Azure emulator's; this machine without one is the
 * emulator of Cosmos DB.
 */
export function recogniseService({ hostname, pathname }: URL): AzureServiceKind {
  if (hostname.includes('.table.cosmosdb.') || hostname.includes('.table.cosmos.')) return 'azure-cosmos';
  if (pathname !== '/') return 'azurite';
  return LOOPBACK.has(hostname) ? 'azure-cosmos' : 'azure-storage';
}
