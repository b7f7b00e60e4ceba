import { DataSource } from 'entitable';
import { Sample, sample, sampleEntity } from '../support/sample.js';
import { ACCOUNT, type MakeContender } from './contender.js';

/** This library. */
export const entitable: MakeContender = async ({ url, httpClient }) => {
  const tables = await DataSource.open(
    { endpoint: url, credential: ACCOUNT },
    { validate: false, ...(httpClient && { httpClient }) },
  );
  const samples = tables.repository(Sample);
  const key = { partition: 'p0001', row: 'r00000001' };
  let price = 0;
  return {
    get: () => samples.get(key),
    insert: () => samples.insert(sampleEntity(sample(1, 1))),
    merge: () => samples.merge(key, { price: ++price, name: 'changed' }),
    page: () => samples.query({ partition: 'p0001' }).toArray(),
    selected: () => samples.query({ partition: 'p0001' }).select('row', 'name', 'price').toArray(),
    transaction: () => samples.insertMany(Array.from({ length: 100 }, (_, index) => sampleEntity(sample(1, index)))),
  };
};
