import { join } from 'node:path';
import { DataSource, defineEntity, Guid, index, type PartitionKey, type RowKey } from 'entitable';
import { peer, peerVersion } from '../support/peers.js';
import type { SampleData } from '../support/sample.js';
import type { OpenContender } from './main.js';

/** The entity of the other benchmarks, with two indexes. */
class IndexedSample {
  static readonly byEmail = index({ on: ['email'], unique: true });
  static readonly byCount = index({ on: ['count'] });
  partition!: PartitionKey;
  row!: RowKey;
  name!: string;
  city!: string;
  email!: string;
  count!: number;
  price!: number;
  active!: boolean;
  sequence!: bigint;
  createdAt!: Date;
  correlation!: Guid;
  hash!: Uint8Array;
}

defineEntity(IndexedSample, {
  table: 'Samples',
  rowKey: '{row}',
  properties: {
    partition: 'PartitionKey',
    row: 'RowKey',
    name: 'String',
    city: 'String',
    email: 'String',
    count: 'Int32',
    price: 'Double',
    active: 'Boolean',
    sequence: 'Int64',
    createdAt: 'DateTime',
    correlation: 'Guid',
    hash: 'Binary',
  },
});

function entityOf(data: SampleData): IndexedSample {
  return Object.assign(new IndexedSample(), { ...data, correlation: Guid.parse(data.correlation) });
}

async function entitable(target: string): Promise<OpenContender> {
  const db = await DataSource.open(target, { validate: false });
  const samples = db.repository(IndexedSample);
  return {
    insert: (data) => samples.insert(entityOf(data)),
    batch: (data) => samples.insertMany(data.map(entityOf)),
    byEmail: (partition, email) => samples.getBy(IndexedSample.byEmail, { partition, email }),
    byCount: (partition, count) => samples.by(IndexedSample.byCount, { partition, count }).toArray(),
    close: () => db.close(),
  };
}

interface TypeOrm {
  readonly DataSource: new (options: object) => {
    initialize(): Promise<unknown>;
    getRepository(target: object): {
      insert(row: object): Promise<unknown>;
      findOneBy(where: object): Promise<object | null>;
      findBy(where: object): Promise<readonly object[]>;
    };
    transaction(
      run: (manager: { insert(target: object, rows: readonly object[]): Promise<unknown> }) => Promise<unknown>,
    ): Promise<unknown>;
    destroy(): Promise<void>;
  };
  readonly EntitySchema: new (options: object) => object;
}

class Row {}

function asText(from: (text: string) => unknown): object {
  return { type: 'text', transformer: { to: String, from } };
}

/** TypeORM on better-sqlite3, with the same two indexes and every commit on disk. */
async function typeorm(folder: string): Promise<OpenContender> {
  const { DataSource: Source, EntitySchema } = await peer<TypeOrm>('typeorm');
  const schema = new EntitySchema({
    name: 'Row',
    tableName: 'samples',
    target: Row,
    indices: [
      { name: 'by_email', columns: ['partition', 'email'], unique: true },
      { name: 'by_count', columns: ['partition', 'count'] },
    ],
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
  const source = new Source({
    type: 'better-sqlite3',
    database: join(folder, 'typeorm.sqlite'),
    driver: (await peer<{ default: unknown }>('better-sqlite3')).default,
    entities: [schema],
    synchronize: true,
    enableWAL: true,
    prepareDatabase: (db: { pragma(text: string): void }) => db.pragma('synchronous = FULL'),
  });
  await source.initialize();
  const rows = source.getRepository(Row);
  const rowOf = (data: SampleData): object => ({ ...data, hash: Buffer.from(data.hash) });
  return {
    insert: (data) => rows.insert(rowOf(data)),
    batch: (data) => source.transaction((manager) => manager.insert(Row, data.map(rowOf))),
    byEmail: async (partition, email) => (await rows.findOneBy({ partition, email })) ?? undefined,
    byCount: (partition, count) => rows.findBy({ partition, count }),
    close: () => source.destroy(),
  };
}

/** The contenders, by name; the others are compared with the first. */
export const CONTENDERS: ReadonlyMap<string, (folder: string) => Promise<OpenContender>> = new Map([
  ['entitable lmdb', (folder: string) => entitable(`lmdb:${join(folder, 'entitable')}`)],
  ['entitable sqlite', (folder: string) => entitable(`sqlite:${join(folder, 'entitable.db')}`)],
  ['TypeORM on better-sqlite3', typeorm],
]);

/** Returns the versions of the compared libraries. */
export function versions(): string {
  return `TypeORM ${peerVersion('typeorm')}, better-sqlite3 ${peerVersion('better-sqlite3')}`;
}
