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

/** As much of MikroORM's base class of custom types as is used. */
type CustomType = new () => object;

/** How MikroORM keeps a type that SQLite does not have exactly: as text, with a custom type, whose text needs no comparing form. */
function asText(Type: CustomType, read: (text: string) => unknown): object {
  class AsText extends Type {
    convertToDatabaseValue = String;
    convertToJSValue = read;
    getColumnType = (): string => 'text';
    ensureComparable = (): boolean => false;
  }
  return { type: AsText };
}

/** MikroORM on libsql, custom types for what SQLite does not have, every commit on disk; `insert`, not the slower unit of work; a fork for each call, as a request has. */
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

/** For the table. */
export const mikroOrmVersion = (): string =>
  `MikroORM ${peerVersion('@mikro-orm/core')}, libsql ${peerVersion('libsql')}`;
