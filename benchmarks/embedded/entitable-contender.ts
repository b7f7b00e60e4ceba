import { join } from 'node:path';
import { DataSource } from 'entitable';
import { Sample, sampleEntity } from '../support/sample.js';
import type { Contender } from './contender.js';

/** Creates a contender that uses this library through its repositories. */
export function entitableContender(name: string, target: (folder: string) => string): Contender {
  return {
    name,
    async open(folder) {
      const tables = await DataSource.open(target(folder), { validate: false });
      const samples = tables.repository(Sample);
      return {
        insert: async (data) => void (await samples.insert(sampleEntity(data))),
        batch: async (data) => void (await samples.insertMany(data.map((row) => sampleEntity(row)))),
        get: (partition, row) => samples.get({ partition, row }),
        page: (partition) => samples.query({ partition }).toArray(),
        filter: (count) =>
          samples
            .scan()
            .where((sample) => sample.count.eq(count))
            .toArray(),
        close: () => tables.close(),
      };
    },
  };
}

/** The SQLite store: on disk, shared by several processes. */
export const entitableSqlite = entitableContender(
  'entitable sqlite',
  (folder) => `sqlite:${join(folder, 'entitable.db')}`,
);
/** The LMDB store: on disk, for one process. */
export const entitableLmdb = entitableContender('entitable lmdb', (folder) => `lmdb:${join(folder, 'entitable')}`);
/** The memory store. */
export const entitableMemory = entitableContender('entitable memory', () => 'memory:');
