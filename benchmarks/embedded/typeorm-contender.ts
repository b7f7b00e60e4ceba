import { join } from 'node:path';
import { Guid } from 'entitable';
import { peer, peerVersion } from '../support/peers.js';
import type { SampleData } from '../support/sample.js';
import type { Contender } from './contender.js';

interface TypeOrm {
  readonly DataSource: new (options: object) => {
    initialize(): Promise<unknown>;
    getRepository(target: object): TypeOrmRepository;
    transaction(
      run: (manager: { insert(target: object, rows: readonly object[]): Promise<unknown> }) => Promise<unknown>,
    ): Promise<unknown>;
    destroy(): Promise<void>;
  };
  readonly EntitySchema: new (options: object) => object;
}
interface TypeOrmRepository {
  insert(row: object): Promise<unknown>;
  findOneBy(where: object): Promise<object | null>;
  find(options: object): Promise<readonly object[]>;
}

class Row {}

function rowOf(data: SampleData): object {
  return { ...data, hash: Buffer.from(data.hash) };
}

/** Stores a type that SQLite cannot represent exactly as text, with a column transformer. */
function asText(from: (text: string) => unknown): object {
  return { type: 'text', transformer: { to: String, from } };
}

/**
 * TypeORM on better-sqlite3, with column transformers for values that SQLite cannot represent and every commit on disk.
 * It uses `insert`, which is faster than `save`.
 */
export const typeorm: Contender = {
  name: 'TypeORM on better-sqlite3',
  slow: true,
  async open(folder) {
    const { DataSource, EntitySchema } = await peer<TypeOrm>('typeorm');
    const Samples = new EntitySchema({
      name: 'Row',
      tableName: 'samples',
      target: Row,
      columns: {
        partition: { type: 'text', primary: true },
        row: { type: 'text', primary: true },
        name: { type: 'text' },
        city: { type: 'text' },
        email: { type: 'text' },
        count: { type: 'integer' },
        price: { type: 'real' },
        active: { type: 'boolean' },
        sequence: asText(BigInt),
        createdAt: { type: 'datetime' },
        correlation: asText((text) => Guid.parse(text)),
        hash: { type: 'blob' },
      },
    });
    const source = new DataSource({
      type: 'better-sqlite3',
      database: join(folder, 'typeorm.sqlite'),
      driver: (await peer<{ default: unknown }>('better-sqlite3')).default,
      entities: [Samples],
      synchronize: true,
      enableWAL: true,
      prepareDatabase: (db: { pragma(text: string): void }) => db.pragma('synchronous = FULL'),
    });
    await source.initialize();
    const samples = source.getRepository(Row);
    return {
      insert: async (data) => void (await samples.insert(rowOf(data))),
      batch: async (data) => void (await source.transaction((manager) => manager.insert(Row, data.map(rowOf)))),
      get: async (partition, key) => (await samples.findOneBy({ partition, row: key })) ?? undefined,
      page: (partition) => samples.find({ where: { partition }, order: { row: 'ASC' } }),
      filter: (count) => samples.find({ where: { count } }),
      close: () => source.destroy(),
    };
  },
};

/** Versions to show above the table. */
export const typeormVersion = (): string =>
  `TypeORM ${peerVersion('typeorm')}, better-sqlite3 ${peerVersion('better-sqlite3')}`;
