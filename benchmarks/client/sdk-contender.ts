import { AzureNamedKeyCredential, TableClient } from '@azure/data-tables';
import { Guid } from 'entitable';
import { Sample, sample, type SampleData } from '../support/sample.js';
import { ACCOUNT, type MakeContender } from './contender.js';

interface StoredSample extends Omit<SampleData, 'partition' | 'row' | 'correlation'> {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly correlation: { readonly value: string };
}

/** The SDK, its rows mapped to the class by hand, as exactly as it can. */
export const sdk: MakeContender = async ({ url, httpClient }) => {
  const client = new TableClient(url, 'Samples', new AzureNamedKeyCredential(ACCOUNT.name, ACCOUNT.key), {
    allowInsecureConnection: true,
    ...(httpClient && { httpClient }),
  });
  const filter = "PartitionKey eq 'p0001'";
  let price = 0;
  return {
    get: async () => entityOf(await client.getEntity<StoredSample>('p0001', 'r00000001')),
    insert: () => client.createEntity(rowOf(sample(1, 1))),
    merge: () =>
      client.updateEntity(
        {
          partitionKey: 'p0001',
          rowKey: 'r00000001',
          price: { type: 'Double', value: String(++price) },
          name: 'changed',
        },
        'Merge',
      ),
    page: async () => {
      const found: Sample[] = [];
      for await (const page of client
        .listEntities<StoredSample>({ queryOptions: { filter } })
        .byPage({ maxPageSize: 1000 })) {
        for (const row of page) found.push(entityOf(row));
      }
      return found;
    },
    selected: async () => {
      const found: object[] = [];
      const select = ['RowKey', 'name', 'price'];
      for await (const page of client
        .listEntities<StoredSample>({ queryOptions: { filter, select } })
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

function entityOf({
  partitionKey,
  rowKey,
  name,
  city,
  email,
  count,
  price,
  active,
  sequence,
  createdAt,
  correlation,
  hash,
}: StoredSample): Sample {
  const entity = new Sample();
  entity.partition = partitionKey;
  entity.row = rowKey;
  entity.name = name;
  entity.city = city;
  entity.email = email;
  entity.count = count;
  entity.price = price;
  entity.active = active;
  entity.sequence = sequence;
  entity.createdAt = createdAt;
  entity.correlation = Guid.parse(correlation.value);
  entity.hash = hash;
  return entity;
}
