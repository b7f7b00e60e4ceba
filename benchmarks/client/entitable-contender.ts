import { DataSource } from 'entitable';
import { Sample } from '../support/sample.js';
import { ACCOUNT, nextKey, type MakeContender } from './contender.js';

/** This library. */
export const entitable: MakeContender = async ({ url, httpClient }) => {
  const tables = await DataSource.open(
    { endpoint: url, credential: ACCOUNT },
    { validate: false, ...(httpClient && { httpClient }) },
  );
  const samples = tables.repository(Sample);
  let price = 0;
  return {
    get: () => samples.get(nextKey()),
    insert: (entity) => samples.insert(entity),
    merge: () => samples.merge(nextKey(), { price: ++price, name: 'changed' }),
    page: () => samples.query({ partition: 'p0001' }).toArray(),
    selected: () => samples.query({ partition: 'p0001' }).select('row', 'name', 'price').toArray(),
    transaction: (entities) => samples.insertMany(entities),
  };
};
