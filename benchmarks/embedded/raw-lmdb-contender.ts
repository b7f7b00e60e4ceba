import { join } from 'node:path';
import { Guid } from 'entitable';
import { Sample, type SampleData } from '../support/sample.js';
import { rival, rivalVersion } from '../support/rivals.js';
import type { Contender } from './contender.js';

interface Database {
  put(key: readonly string[], value: unknown): Promise<boolean>;
  get(key: readonly string[]): Stored | undefined;
  getRange(range: object): Iterable<{ readonly key: readonly [string, string]; readonly value: Stored }>;
  transaction<T>(run: () => T): Promise<T>;
  close(): Promise<void>;
}
type Stored = Omit<SampleData, 'partition' | 'row'>;

/** lmdb as it comes, msgpackr inside, its objects mapped to the class by hand. Filters read every row. */
export const rawLmdb: Contender = {
  name: 'raw lmdb + msgpackr',
  async open(folder) {
    const { open } = await rival<{ readonly open: (options: object) => Database }>('lmdb');
    const db = open({
      path: join(folder, 'raw-lmdb'),
      overlappingSync: false,
      sharedStructuresKey: Symbol.for('structures'),
    });
    const value = ({ partition: _partition, row: _row, ...stored }: SampleData): Stored => stored;
    const entity = (partition: string, row: string, stored: Stored): Sample =>
      Object.assign(new Sample(), {
        ...stored,
        partition,
        row,
        correlation: Guid.parse(stored.correlation),
        sequence: BigInt(stored.sequence as bigint | number),
      });
    return {
      insert: async (data) => void (await db.put([data.partition, data.row], value(data))),
      batch: async (data) => {
        await db.transaction(() => {
          for (const row of data) void db.put([row.partition, row.row], value(row));
        });
      },
      get: async (partition, row) => {
        const stored = db.get([partition, row]);
        return stored && entity(partition, row, stored);
      },
      page: async (partition) =>
        Array.from(db.getRange({ start: [partition], end: [partition, '\uffff'] }), ({ key, value: stored }) =>
          entity(...key, stored),
        ),
      filter: async (count) => {
        const found: Sample[] = [];
        for (const { key, value: stored } of db.getRange({ start: ['p'], end: ['q'] })) {
          if (stored.count === count) found.push(entity(...key, stored));
        }
        return found;
      },
      close: () => db.close(),
    };
  },
};

/** For the table. */
export const rawLmdbVersion = (): string => `lmdb ${rivalVersion('lmdb')}, msgpackr ${rivalVersion('msgpackr')}`;
