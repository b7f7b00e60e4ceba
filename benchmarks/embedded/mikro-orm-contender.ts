import { join } from 'node:path';
import { rival, rivalVersion } from '../support/rivals.js';
import type { SampleData } from '../support/sample.js';
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

function rowOf(data: SampleData): object {
  return { ...data, sequence: String(data.sequence), hash: Buffer.from(data.hash) };
}

/** MikroORM on libsql, every commit on disk; `insert`, not the slower unit of work; a fork for each call, as a request has. */
export const mikroOrm: Contender = {
  name: 'MikroORM on libsql',
  slow: true,
  async open(folder) {
    const { EntitySchema } = await rival<{ EntitySchema: new (options: object) => object }>('@mikro-orm/core');
    const { MikroORM } = await rival<{ MikroORM: { init(options: object): Promise<MikroOrm> } }>('@mikro-orm/libsql');
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
        sequence: { type: 'text' },
        createdAt: { type: 'datetime' },
        correlation: { type: 'text' },
        hash: { type: 'blob' },
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
      insert: async (data) => void (await orm.em.fork().insert(Row, rowOf(data))),
      batch: async (data) => void (await orm.em.fork().insertMany(Row, data.map(rowOf))),
      get: async (partition, key) => (await orm.em.fork().findOne(Row, { partition, row: key })) ?? undefined,
      page: (partition) => orm.em.fork().find(Row, { partition }, { orderBy: { row: 'asc' } }),
      filter: (count) => orm.em.fork().find(Row, { count }),
      close: () => orm.close(),
    };
  },
};

/** For the table. */
export const mikroOrmVersion = (): string =>
  `MikroORM ${rivalVersion('@mikro-orm/core')}, libsql ${rivalVersion('libsql')}`;
