import { openAzure } from '../../src/stores/azure/open-azure.js';
import type { TableStore } from '../../src/store/table-store.js';
import { startAzurite } from '../azurite/azurite.js';
import { startFaultProxy, type FaultProxy } from './fault-proxy.js';

/** The emulator behind a proxy, with connections to both. */
export interface Proxied {
  readonly proxy: FaultProxy;
  /** Connection string of the proxy. */
  readonly connectionString: string;
  /** A direct connection to the emulator, for requests that must not fail. */
  readonly direct: TableStore;
  close(): Promise<void>;
}

/** Starts a proxy in front of the emulator. */
export async function proxiedAzurite(seed = 1): Promise<Proxied> {
  const azurite = await startAzurite();
  const proxy = await startFaultProxy(azurite.endpoint, seed);
  const direct = await openAzure(azurite.connectionString);
  return {
    proxy,
    direct,
    connectionString: azurite.connectionString.replace(azurite.endpoint, proxy.endpoint),
    close: async () => {
      await direct[Symbol.asyncDispose]();
      await proxy.close();
    },
  };
}
