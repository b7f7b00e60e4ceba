import { join } from 'node:path';
import { Guid } from 'entitable';
import { Sample, type SampleData } from '../support/sample.js';
import { peer, peerVersion } from '../support/peers.js';
import type { Contender } from './contender.js';

interface Database {
  put(key: readonly string[], value: unknown): Promise<boolean>;
  get(key: readonly string[]): Stored | undefined;
  getRange(range: object): Iterable<{ readonly key: readonly [string, string]; readonly value: Stored }>;
  transaction<T>(run: () => T): Promise<T>;
  close(): Promise<void>;
}
/** Bigints that are small are read as numbers. */
type Stored = Omit<SampleData, 'partition' | 'row' | 'sequence'> & { readonly sequence: bigint | number };

function valueOf({ partition: _partition, row: _row, ...stored }: SampleData): Stored {
  return stored;
}

function entityOf(partition: string, row: string, stored: Stored): Sample {
  return Object.assign(new Sample(), {
    ...stored,
    partition,
    row,
    correlation: Guid.parse(stored.correlation),
    sequence: BigInt(stored.sequence),
  });
}

/**
 * lmdb with its default serialisation by msgpackr, with its objects mapped to the class by hand. A filter reads every
 * row.
 */
export const rawLmdb: Contender = {
  name: 'raw lmdb + msgpackr',
  async open(folder) {
    const lmdb = await peer<{ open(options: object): Database }>('lmdb');
    const db = lmdb.open({
      path: join(folder, 'raw-lmdb'),
      overlappingSync: false,
      sharedStructuresKey: Symbol.for('structures'),
    });
    return {
      insert: async (data) => void (await db.put([data.partition, data.row], valueOf(data))),
      batch: async (data) => {
        await db.transaction(() => {
          for (const row of data) void db.put([row.partition, row.row], valueOf(row));
        });
      },
      get: async (partition, row) => {
        const stored = db.get([partition, row]);
        return stored && entityOf(partition, row, stored);
      },
      page: async (partition) =>
        Array.from(db.getRange({ start: [partition], end: [partition, '\uffff'] }), ({ key, value: stored }) =>
          entityOf(...key, stored),
        ),
      filter: async (count) => {
        const found: Sample[] = [];
        for (const { key, value: stored } of db.getRange({ start: ['p'], end: ['q'] })) {
          if (stored.count === count) found.push(entityOf(...key, stored));
        }
        return found;
      },
      close: () => db.close(),
    };
  },
};

/** Versions to show above the table. */
export const rawLmdbVersion = (): string => `lmdb ${peerVersion('lmdb')}, msgpackr ${peerVersion('msgpackr')}`;
