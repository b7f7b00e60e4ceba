import { TableClient } from '@azure/data-tables';
import { Guid } from 'entitable';
import { startEmulator } from '../support/emulator.js';
import { Sample, type SampleData } from '../support/sample.js';
import type { Contender } from './contender.js';

/** The emulator in memory, in a process of its own, through the raw SDK, mapped to the class by hand. */
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
      get: async (partition, row) => entityOf(await client.getEntity<StoredSample>(partition, row)),
      page: (partition) => list(`PartitionKey eq '${partition}'`),
      filter: (count) => list(`count eq ${count}`),
      close: () => emulator.close(),
    };

    async function list(filter: string): Promise<readonly Sample[]> {
      const found: Sample[] = [];
      for await (const page of client
        .listEntities<StoredSample>({ queryOptions: { filter } })
        .byPage({ maxPageSize: 1000 })) {
        for (const row of page) found.push(entityOf(row));
      }
      return found;
    }
  },
};

interface StoredSample extends Omit<SampleData, 'partition' | 'row' | 'correlation'> {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly correlation: { readonly value: string };
}

function rowOf({ partition, row, price, correlation, hash, ...rest }: SampleData): {
  partitionKey: string;
  rowKey: string;
} {
  return {
    partitionKey: partition,
    rowKey: row,
    ...rest,
    ...({
      price: { type: 'Double', value: String(price) },
      correlation: { type: 'Guid', value: correlation },
      hash: Buffer.from(hash),
    } as object),
  };
}

function entityOf({ partitionKey, rowKey, correlation, ...rest }: Partial<StoredSample>): Sample {
  return Object.assign(new Sample(), rest, {
    partition: partitionKey,
    row: rowKey,
    correlation: Guid.parse(correlation!.value),
  });
}
