import { DataSource } from 'entitable';
import { Sample, sample, sampleEntity } from '../support/sample.js';
import { ACCOUNT, nextKey, type MakeContender } from './contender.js';

/** The client of this library. */
export const entitable: MakeContender = async ({ url, httpClient }) => {
  const tables = await DataSource.open(
    { endpoint: url, credential: ACCOUNT },
    { validate: false, ...(httpClient && { httpClient }) },
  );
  const samples = tables.repository(Sample);
  let price = 0;
  return {
    get: () => samples.get(nextKey()),
    insert: () => samples.insert(sampleEntity(sample(1, 1))),
    merge: () => samples.merge(nextKey(), { price: ++price, name: 'changed' }),
    page: () => samples.query({ partition: 'p0001' }).toArray(),
    selected: () => samples.query({ partition: 'p0001' }).select('row', 'name', 'price').toArray(),
    transaction: () => samples.insertMany(Array.from({ length: 100 }, (_, index) => sampleEntity(sample(1, index)))),
  };
};
