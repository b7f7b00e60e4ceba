import { TableClient } from '@azure/data-tables';
import { peer } from '../support/peers.js';
import type { BulkContender } from './contender.js';

interface NestModule {
  readonly AzureTableStorageService: new (table: string) => { tableClient?: unknown };
  readonly AzureTableStorageRepository: new (
    service: object,
    table: string,
    options: object,
  ) => { create(entity: object): Promise<unknown> };
}

/** `@nestjs/azure-database`, which has no transactions, with its logging off. */
export const nest: BulkContender = {
  name: '@nestjs/azure-database, one by one',
  oneByOne: true,
  async write(connectionString, table, entities) {
    const { AzureTableStorageService, AzureTableStorageRepository } = await peer<NestModule>('@nestjs/azure-database');
    (await peer<{ Logger: { overrideLogger(logger: false): void } }>('@nestjs/common')).Logger.overrideLogger(false);
    const service = new AzureTableStorageService(table);
    const client = TableClient.fromConnectionString(connectionString, table, { allowInsecureConnection: true });
    await client.createTable();
    service.tableClient = client;
    const rows = new AzureTableStorageRepository(service, table, {});
    for (const { partition, row, correlation, hash, ...rest } of entities) {
      await rows.create({
        partitionKey: partition,
        rowKey: row,
        ...rest,
        correlation: { type: 'Guid', value: correlation },
        hash: Buffer.from(hash),
      });
    }
  },
};
