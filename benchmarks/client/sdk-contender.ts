import { AzureNamedKeyCredential, TableClient } from '@azure/data-tables';
import { sample, type Sample } from '../support/sample.js';
import { entityOf, rowOf, type SdkSample } from '../support/sdk-rows.js';
import { ACCOUNT, nextKey, type MakeContender } from './contender.js';

/** The SDK, with its rows mapped to the class by hand as exactly as possible. */
export const sdk: MakeContender = async ({ url, httpClient }) => {
  const client = new TableClient(url, 'Samples', new AzureNamedKeyCredential(ACCOUNT.name, ACCOUNT.key), {
    allowInsecureConnection: true,
    ...(httpClient && { httpClient }),
  });
  const filter = "PartitionKey eq 'p0001'";
  let price = 0;
  return {
    get: async () => entityOf(await client.getEntity<SdkSample>('p0001', nextKey().row)),
    insert: () => client.createEntity(rowOf(sample(1, 1))),
    merge: () =>
      client.updateEntity(
        {
          partitionKey: 'p0001',
          rowKey: nextKey().row,
          price: { type: 'Double', value: String(++price) },
          name: 'changed',
        },
        'Merge',
      ),
    page: async () => {
      const found: Sample[] = [];
      for await (const page of client
        .listEntities<SdkSample>({ queryOptions: { filter } })
        .byPage({ maxPageSize: 1000 })) {
        for (const row of page) found.push(entityOf(row));
      }
      return found;
    },
    selected: async () => {
      const found: object[] = [];
      const select = ['RowKey', 'name', 'price'];
      for await (const page of client
        .listEntities<SdkSample>({ queryOptions: { filter, select } })
        .byPage({ maxPageSize: 1000 })) {
        for (const { rowKey, name, price: amount } of page) found.push({ row: rowKey, name, price: amount });
      }
      return found;
    },
    transaction: () =>
      client.submitTransaction(
        Array.from({ length: 100 }, (_, index) => ['create', rowOf(sample(1, index))] as const) as never,
      ),
  };
};
