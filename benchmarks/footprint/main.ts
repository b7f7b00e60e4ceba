import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'entitable';
import { cannedHttpClient } from '../client/canned-http-client.js';
import { entitable } from '../client/entitable-contender.js';
import { sdk } from '../client/sdk-contender.js';
import { figure, table } from '../support/measure.js';
import { Sample, sample, sampleEntity } from '../support/sample.js';
import { importTimes } from './import-time.js';
import { memoryPerRow } from './memory-per-row.js';
import { typeChecks } from './type-check.js';

const ROWS = 1000;
const IMPORTS = ['entitable', 'reflect-metadata', '@azure/data-tables', 'class-validator'];
const IMPORT_TARGET = 30;

console.log(`Node ${process.version}\n`);
const imports = importTimes(IMPORTS);
console.log(
  table([
    ['an import, over an empty script, ms', 'wall', 'wall, best', 'CPU', 'target'],
    ...imports.map(({ wall, best, cpu }, index) => [
      IMPORTS[index]!,
      figure(wall),
      figure(best),
      figure(cpu),
      index === 0 ? `${IMPORT_TARGET} ${wall <= IMPORT_TARGET ? 'met' : 'missed'}` : '',
    ]),
  ]),
);

const entities = (): Sample[] => Array.from({ length: ROWS }, (_, row) => sampleEntity(sample(1, row)));
const endpoint = { url: 'http://127.0.0.1:1/account', httpClient: cannedHttpClient };
const azure = await entitable(endpoint);
const byHand = await sdk(endpoint);
const folder = await mkdtemp(join(tmpdir(), 'entitable-bench-'));
console.log(
  `\n${table([
    ['bytes a row, of pages of 1000', 'held', 'allocated'],
    await memory('the entities alone', async () => entities()),
    await memoryOfStore('read from memory', 'memory:'),
    await memoryOfStore('read from lmdb', `lmdb:${folder}`),
    await memory('read from Azure', () => azure.page()),
    await memory('read from Azure, 3 properties', () => azure.selected!()),
    await memory('raw SDK', () => byHand.page()),
    await memory('raw SDK, 3 properties', () => byHand.selected!()),
  ])}`,
);
await rm(folder, { recursive: true });

console.log(
  `\n${table([
    ['tsc --noEmit', 'CPU s', 'instantiations'],
    ...typeChecks().map(({ program, cpu, instantiations }) => [program, figure(cpu), String(instantiations)]),
  ])}`,
);

async function memory(what: string, page: () => Promise<readonly object[]>): Promise<readonly string[]> {
  const { held, allocated } = await memoryPerRow(page);
  return [what, held.toFixed(0), allocated.toFixed(0)];
}

async function memoryOfStore(what: string, target: string): Promise<readonly string[]> {
  await using tables = await DataSource.open(target, { validate: false });
  const samples = tables.repository(Sample);
  await samples.insertMany(entities());
  return await memory(what, () => samples.query({ partition: 'p0001' }).toArray());
}
