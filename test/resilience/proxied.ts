import { openAzure } from '../../src/stores/azure/open-azure.js';
import type { TableStore } from '../../src/store/table-store.js';
import { startAzurite } from '../azurite/azurite.js';
import { startFaultProxy, type FaultProxy } from './fault-proxy.js';

/** The emulator behind a proxy, and the ways to both. */
export interface Proxied {
  readonly proxy: FaultProxy;
  /** A connection string of the proxy. */
  readonly connectionString: string;
  /** The emulator itself, for what must not fail. */
  readonly direct: TableStore;
  close(): Promise<void>;
}

/** Puts a proxy in front of the emulator. */
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
