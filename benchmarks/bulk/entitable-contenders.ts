import { DataSource } from 'entitable';
import { Sample, sampleEntity, type SampleData } from '../support/sample.js';
import type { BulkContender } from './contender.js';

/** `insertMany` with a fixed number of concurrent transactions, and with a number that adapts to the store. */
export const entitableContenders: readonly BulkContender[] = [16, 'adaptive' as const].map((concurrency) => ({
  name: `entitable insertMany, concurrency ${concurrency}`,
  async write(connectionString: string, table: string, entities: Iterable<SampleData>) {
    await using tables = await DataSource.open(connectionString, { tableName: () => table });
    await tables.repository(Sample).insertMany(instances(entities), { concurrency });
  },
}));

/** Creates instances of the class lazily. */
export function* instances(entities: Iterable<SampleData>): Generator<Sample> {
  for (const data of entities) yield sampleEntity(data);
}
