import { AzureNamedKeyCredential, TableClient } from '@azure/data-tables';
import { peer } from '../support/peers.js';
import { sample } from '../support/sample.js';
import { ACCOUNT, nextKey, type MakeContender } from './contender.js';

interface NestModule {
  readonly AzureTableStorageService: new (table: string) => { tableClient?: unknown };
  readonly AzureTableStorageRepository: new (service: object, table: string, options: object) => NestRepository;
}
interface NestRepository {
  find(partition: string, row: string): Promise<object | null>;
  findAll(): Promise<readonly object[] | null>;
  create(entity: object): Promise<unknown>;
  update(partition: string, row: string, entity: object): Promise<unknown>;
}

function entity(): object {
  const { partition, row, correlation, hash, ...rest } = sample(1, 1);
  return {
    partitionKey: partition,
    rowKey: row,
    ...rest,
    correlation: { type: 'Guid', value: correlation },
    hash: Buffer.from(hash),
  };
}

/**
 * `@nestjs/azure-database` with its logging off. It returns plain objects, and has no exact types, transactions or
 * selection.
 */
export const nest: MakeContender = async ({ url, httpClient }) => {
  const { AzureTableStorageService, AzureTableStorageRepository } = await peer<NestModule>('@nestjs/azure-database');
  (await peer<{ Logger: { overrideLogger(logger: false): void } }>('@nestjs/common')).Logger.overrideLogger(false);
  const service = new AzureTableStorageService('Samples');
  service.tableClient = new TableClient(url, 'Samples', new AzureNamedKeyCredential(ACCOUNT.name, ACCOUNT.key), {
    allowInsecureConnection: true,
    ...(httpClient && { httpClient }),
  });
  const samples = new AzureTableStorageRepository(service, 'Samples', {});
  let price = 0;
  return {
    get: async () => (await samples.find('p0001', nextKey().row)) ?? undefined,
    insert: () => samples.create(entity()),
    merge: () => samples.update('p0001', nextKey().row, { price: ++price, name: 'changed' }),
    page: async () => (await samples.findAll()) ?? [],
  };
};
