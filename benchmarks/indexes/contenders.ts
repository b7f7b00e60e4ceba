import { join } from 'node:path';
import { DataSource, defineEntity, Guid, index, type PartitionKey, type RowKey } from 'entitable';
import type { SampleData } from '../support/sample.js';
import { openTypeOrm, Row, rowOf } from '../support/typeorm.js';
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

/** TypeORM on better-sqlite3, with the same two indexes. */
async function typeorm(folder: string): Promise<OpenContender> {
  const source = await openTypeOrm(folder, [
    { name: 'by_email', columns: ['partition', 'email'], unique: true },
    { name: 'by_count', columns: ['partition', 'count'] },
  ]);
  const rows = source.getRepository(Row);
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
