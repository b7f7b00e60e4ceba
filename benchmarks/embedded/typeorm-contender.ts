import { openTypeOrm, Row, rowOf } from '../support/typeorm.js';
import type { Contender } from './contender.js';

/** TypeORM on better-sqlite3. It uses `insert`, which is faster than `save`. */
export const typeorm: Contender = {
  name: 'TypeORM on better-sqlite3',
  slow: true,
  async open(folder) {
    const source = await openTypeOrm(folder);
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
