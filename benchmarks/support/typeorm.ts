import { join } from 'node:path';
import { Guid } from 'entitable';
import { peer, peerVersion } from './peers.js';
import type { SampleData } from './sample.js';

/** A data source of TypeORM, as far as the benchmarks use it. */
export interface TypeOrmSource {
  getRepository(target: object): TypeOrmRepository;
  transaction(
    run: (manager: { insert(target: object, rows: readonly object[]): Promise<unknown> }) => Promise<unknown>,
  ): Promise<unknown>;
  destroy(): Promise<void>;
}

interface TypeOrmRepository {
  insert(row: object): Promise<unknown>;
  findOneBy(where: object): Promise<object | null>;
  findBy(where: object): Promise<readonly object[]>;
  find(options: object): Promise<readonly object[]>;
}

interface TypeOrm {
  readonly DataSource: new (options: object) => TypeOrmSource & { initialize(): Promise<unknown> };
  readonly EntitySchema: new (options: object) => object;
}

/** The entity class of TypeORM. */
export class Row {}

export function rowOf(data: SampleData): object {
  return { ...data, hash: Buffer.from(data.hash) };
}

/** Stores a type that SQLite cannot represent exactly as text, with a column transformer. */
function asText(from: (text: string) => unknown): object {
  return { type: 'text', transformer: { to: String, from } };
}

/**
 * Opens TypeORM on better-sqlite3 in a folder, with column transformers for values that SQLite cannot represent, the
 * given indexes, and every commit on disk.
 */
export async function openTypeOrm(folder: string, indices: readonly object[] = []): Promise<TypeOrmSource> {
  const { DataSource, EntitySchema } = await peer<TypeOrm>('typeorm');
  const samples = new EntitySchema({
    name: 'Row',
    tableName: 'samples',
    target: Row,
    indices,
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
    entities: [samples],
    synchronize: true,
    enableWAL: true,
    prepareDatabase: (db: { pragma(text: string): void }) => db.pragma('synchronous = FULL'),
  });
  await source.initialize();
  return source;
}

/** Versions to show above the table. */
export const typeormVersion = (): string =>
  `TypeORM ${peerVersion('typeorm')}, better-sqlite3 ${peerVersion('better-sqlite3')}`;
