import { TableClient, type TransactionAction } from '@azure/data-tables';
import type { SampleData } from '../support/sample.js';
import { rowOf } from '../support/sdk-rows.js';
import type { BulkContender } from './contender.js';

const AT_ONCE = 50;
const TRANSACTION = 100;
const TRANSACTIONS_AT_ONCE = 16;

/** The raw SDK, used in the common way and in the fastest way possible. */
export const sdkContenders: readonly BulkContender[] = [
  {
    name: 'raw SDK, one by one',
    oneByOne: true,
    async write(connectionString, table, entities) {
      const client = await clientOf(connectionString, table);
      for (const data of entities) await client.createEntity(rowOf(data));
    },
  },
  {
    name: `raw SDK, ${AT_ONCE} at a time`,
    oneByOne: true,
    async write(connectionString, table, entities) {
      const client = await clientOf(connectionString, table);
      await atOnce([...entities], AT_ONCE, (data) => client.createEntity(rowOf(data)));
    },
  },
  {
    name: 'raw SDK, transactions by hand',
    async write(connectionString, table, entities) {
      const client = await clientOf(connectionString, table);
      for (const actions of transactions(entities)) await client.submitTransaction([...actions]);
    },
  },
  {
    name: `raw SDK, transactions by hand, ${TRANSACTIONS_AT_ONCE} at a time`,
    async write(connectionString, table, entities) {
      const client = await clientOf(connectionString, table);
      await atOnce(transactions(entities), TRANSACTIONS_AT_ONCE, (actions) => client.submitTransaction([...actions]));
    },
  },
];

async function clientOf(connectionString: string, table: string): Promise<TableClient> {
  const client = TableClient.fromConnectionString(connectionString, table, { allowInsecureConnection: true });
  await client.createTable();
  return client;
}

/** Groups entities by partition into transactions of 100, as applications do by hand. */
function transactions(entities: Iterable<SampleData>): readonly (readonly TransactionAction[])[] {
  const partitions = new Map<string, TransactionAction[]>();
  for (const data of entities) {
    const actions = partitions.get(data.partition) ?? [];
    partitions.set(data.partition, actions);
    actions.push(['create', rowOf(data)]);
  }
  return [...partitions.values()].flatMap((actions) =>
    Array.from({ length: Math.ceil(actions.length / TRANSACTION) }, (_, index) =>
      actions.slice(index * TRANSACTION, (index + 1) * TRANSACTION),
    ),
  );
}

async function atOnce<I>(items: readonly I[], limit: number, run: (item: I) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) await run(items[next++]!);
  };
  await Promise.all(Array.from({ length: limit }, worker));
}
