import { COSMOS_LIMITS, STORAGE_LIMITS, type ServiceLimits } from '../../store/limits.js';
import type { AzureServiceName } from './azure-target.js';

/** The services that speak this protocol. */
export type AzureServiceKind = 'azure-storage' | 'azure-cosmos' | 'azurite';

/** Where the services differ. (The scope of a token is the SDK's to choose: by the host, or by the service's challenge.) */
export interface ServiceProfile {
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

/** Where the emulator of Cosmos DB has its tables, on whatever host it runs. */
const COSMOS_EMULATOR_PORT = '8902';

/**
 * Which service answers at an endpoint. A path that names the account is the Azure emulator's; the port of its emulator, or this machine
 * without a path, is Cosmos DB's.
 *
 * @param stated What the user says of it.
 */
export function recogniseService(url: URL, stated: AzureServiceName | undefined): AzureServiceKind {
  if (stated === 'cosmos' || (stated === undefined && isCosmos(url))) return 'azure-cosmos';
  return url.pathname === '/' ? 'azure-storage' : 'azurite';
}

function isCosmos({ hostname, pathname, port }: URL): boolean {
  if (hostname.includes('.table.cosmosdb.') || hostname.includes('.table.cosmos.')) return true;
  return pathname === '/' && (LOOPBACK.has(hostname) || port === COSMOS_EMULATOR_PORT);
}
