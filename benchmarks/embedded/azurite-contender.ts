import { TableClient } from '@azure/data-tables';
import { startEmulator } from '../support/emulator.js';
import type { Sample } from '../support/sample.js';
import { entityOf, rowOf, type SdkSample } from '../support/sdk-rows.js';
import type { Contender } from './contender.js';

/**
 * The emulator, in memory and in a process of its own, used through the raw SDK with rows mapped to the class by hand.
 */
export const azurite: Contender = {
  name: 'Azurite + raw SDK',
  slow: true,
  async open() {
    const emulator = await startEmulator();
    const client = TableClient.fromConnectionString(emulator.connectionString, 'Samples', {
      allowInsecureConnection: true,
    });
    await client.createTable();
    return {
      insert: async (data) => void (await client.createEntity(rowOf(data))),
      batch: async (data) =>
        void (await client.submitTransaction(data.map((row) => ['create', rowOf(row)] as const) as never)),
      get: async (partition, row) => entityOf(await client.getEntity<SdkSample>(partition, row)),
      page: (partition) => list(`PartitionKey eq '${partition}'`),
      filter: (count) => list(`count eq ${count}`),
      close: () => emulator.close(),
    };

    async function list(filter: string): Promise<readonly Sample[]> {
      const found: Sample[] = [];
      for await (const page of client
        .listEntities<SdkSample>({ queryOptions: { filter } })
        .byPage({ maxPageSize: 1000 })) {
        for (const row of page) found.push(entityOf(row));
      }
      return found;
    }
  },
};
