import { join } from 'node:path';
import { Guid } from 'entitable';
import { peer, peerVersion } from '../support/peers.js';
import type { Contender } from './contender.js';

interface EntityManager {
  fork(): EntityManager;
  insert(target: object, row: object): Promise<unknown>;
  insertMany(target: object, rows: readonly object[]): Promise<unknown>;
  findOne(target: object, where: object): Promise<object | null>;
  find(target: object, where: object, options?: object): Promise<readonly object[]>;
  getConnection(): { execute(sql: string): Promise<unknown> };
}
interface MikroOrm {
  readonly em: EntityManager;
  readonly schema: { updateSchema(): Promise<void> };
  close(): Promise<void>;
}

class Row {}

/** The part of MikroORM's base class of custom types that is used here. */
type CustomType = new () => object;

/**
 * Stores a type that SQLite cannot represent exactly as text, with a custom type. The text needs no separate form for
 * comparisons.
 */
function asText(Type: CustomType, read: (text: string) => unknown): object {
  class AsText extends Type {
    convertToDatabaseValue = String;
    convertToJSValue = read;
    getColumnType = (): string => 'text';
    ensureComparable = (): boolean => false;
  }
  return { type: AsText };
}

/**
 * MikroORM on libsql, with custom types for values that SQLite cannot represent and every commit on disk. It uses
 * `insert`, which is faster than the unit of work, and a fork per call, as a request does.
 */
export const mikroOrm: Contender = {
  name: 'MikroORM on libsql',
  slow: true,
  async open(folder) {
    const { EntitySchema, Type } = await peer<{
      EntitySchema: new (options: object) => object;
      Type: CustomType;
    }>('@mikro-orm/core');
    const { MikroORM } = await peer<{ MikroORM: { init(options: object): Promise<MikroOrm> } }>('@mikro-orm/libsql');
    const Samples = new EntitySchema({
      class: Row,
      name: 'Row',
      tableName: 'samples',
      properties: {
        partition: { type: 'text', primary: true },
        row: { type: 'text', primary: true },
        name: { type: 'text' },
        city: { type: 'text' },
        email: { type: 'text' },
        count: { type: 'integer' },
        price: { type: 'double' },
        active: { type: 'boolean' },
        sequence: asText(Type, BigInt),
        createdAt: { type: 'datetime' },
        correlation: asText(Type, (text) => Guid.parse(text)),
        hash: { type: 'uint8array' },
      },
    });
    const orm = await MikroORM.init({
      entities: [Samples],
      dbName: join(folder, 'mikro.sqlite'),
      discovery: { warnWhenNoEntities: false },
    });
    await orm.em.getConnection().execute('pragma journal_mode = WAL');
    await orm.em.getConnection().execute('pragma synchronous = FULL');
    await orm.schema.updateSchema();
    return {
      insert: async (data) => void (await orm.em.fork().insert(Row, { ...data })),
      batch: async (data) =>
        void (await orm.em.fork().insertMany(
          Row,
          data.map((row) => ({ ...row })),
        )),
      get: async (partition, key) => (await orm.em.fork().findOne(Row, { partition, row: key })) ?? undefined,
      page: (partition) => orm.em.fork().find(Row, { partition }, { orderBy: { row: 'asc' } }),
      filter: (count) => orm.em.fork().find(Row, { count }),
      close: () => orm.close(),
    };
  },
};

/** Versions to show above the table. */
export const mikroOrmVersion = (): string =>
  `MikroORM ${peerVersion('@mikro-orm/core')}, libsql ${peerVersion('libsql')}`;
