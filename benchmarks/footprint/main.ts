import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'entitable';
import { cannedHttpClient } from '../client/canned-http-client.js';
import { entitable } from '../client/entitable-contender.js';
import { table } from '../support/measure.js';
import { Sample, sample, sampleEntity } from '../support/sample.js';
import { bytesPerRow } from './bytes-per-row.js';
import { importTime } from './import-time.js';

const ROWS = 1000;

console.log(`import 'entitable', over an empty script: ${importTime().toFixed(1)} ms (Node ${process.version})\n`);

const entities = (): Sample[] => Array.from({ length: ROWS }, (_, row) => sampleEntity(sample(1, row)));
const azure = await entitable({ url: 'http://127.0.0.1:1/account', httpClient: cannedHttpClient });
const folder = await mkdtemp(join(tmpdir(), 'entitable-bench-'));
console.log(
  table([
    ['bytes a row of a page that is held', ''],
    ['the entities alone', await bytes(async () => entities())],
    ['read from memory', await bytesOfStore('memory:')],
    ['read from lmdb', await bytesOfStore(`lmdb:${folder}`)],
    ['read from Azure', await bytes(() => azure.page())],
    ['read from Azure, 3 properties', await bytes(() => azure.selected!())],
  ]),
);
await rm(folder, { recursive: true });

async function bytes(page: () => Promise<readonly object[]>): Promise<string> {
  return (await bytesPerRow(page)).toFixed(0);
}

async function bytesOfStore(target: string): Promise<string> {
  await using tables = await DataSource.open(target, { validate: false });
  const samples = tables.repository(Sample);
  await samples.insertMany(entities());
  return await bytes(() => samples.query({ partition: 'p0001' }).toArray());
}
