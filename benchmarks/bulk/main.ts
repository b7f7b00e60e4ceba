import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'entitable';
import { startEmulator } from '../support/emulator.js';
import { figure, median, microseconds, table } from '../support/measure.js';
import { installRivals, rivalVersion } from '../support/rivals.js';
import { Sample, sample, type SampleData } from '../support/sample.js';
import type { BulkContender } from './contender.js';
import { entitableContenders, instances } from './entitable-contenders.js';
import { nest } from './nest-contender.js';
import { sdkContenders } from './sdk-contenders.js';

const ROUNDS = 3;
const ON_EMULATOR = { entities: 10_000, partitions: 50 };
const EMBEDDED = { entities: 100_000, partitions: 500 };
const LONGER = 4;

/** Entities of all partitions in turn, as an export or a queue has them. */
function* interleaved(entities: number, partitions: number): Generator<SampleData> {
  for (let index = 0; index < entities; index++) yield sample(index % partitions, Math.floor(index / partitions));
}

installRivals();
console.log(
  `Node ${process.version}; @nestjs/azure-database ${rivalVersion('@nestjs/azure-database')}; entities of 12 properties`,
);
await onEmulator([...entitableContenders, ...sdkContenders, nest]);
await embedded();

async function onEmulator(contenders: readonly BulkContender[]): Promise<void> {
  const { entities, partitions } = ON_EMULATOR;
  const emulator = await startEmulator();
  const rates = new Map<BulkContender, number[]>(contenders.map((contender) => [contender, []]));
  let tables = 0;
  for (let round = -1; round < ROUNDS; round++) {
    // In turn, so that what else the machine does hits them all; the first round warms up.
    for (const contender of contenders) {
      const count = contender.oneByOne || round < 0 ? entities / 10 : entities;
      const input = [...interleaved(count, partitions)];
      const time = await microseconds(() => contender.write(emulator.connectionString, `Bulk${++tables}`, input));
      if (round >= 0) rates.get(contender)!.push((count / time) * 1e6);
    }
  }
  await emulator.close();
  const rows = [...rates].map(([{ name, oneByOne = false }, figures]) => ({ name, oneByOne, rate: median(figures) }));
  const own = Math.max(...rows.slice(0, entitableContenders.length).map(({ rate }) => rate));
  console.log(
    `\n${entities} entities over ${partitions} partitions to the emulator in memory; medians of ${ROUNDS} rounds\n`,
  );
  console.log(
    table([
      ['', 'entities/s', 'entitable is'],
      ...rows.map(({ name, rate }) => [name, figure(rate), `${figure(own / rate)}x`]),
    ]),
  );
  const best = (pick: (row: (typeof rows)[number]) => boolean): number =>
    Math.max(...rows.filter(pick).map(({ rate }) => rate));
  const oneByOne = own / best(({ name }) => name.endsWith('one by one'));
  const byHand = own / best(({ name }) => name.includes('by hand'));
  console.log(`\n${figure(oneByOne)}x the best one by one: target 5x ${oneByOne >= 5 ? 'met' : 'missed'}`);
  console.log(`${figure(byHand)}x the best transactions by hand: target 1x ${byHand >= 1 ? 'met' : 'missed'}`);
}

async function embedded(): Promise<void> {
  const { entities, partitions } = EMBEDDED;
  const folder = await mkdtemp(join(tmpdir(), 'entitable-bench-'));
  const rows: string[][] = [];
  try {
    for (const target of ['memory:', `lmdb:${folder}`]) {
      await using tables = await DataSource.open(target);
      const [kind] = target.split(':');
      for (const count of kind === 'lmdb' ? [entities, entities * LONGER] : [entities]) {
        await tables.tables.delete('Samples');
        const { rate, megabytes } = await measured(tables, count, partitions);
        rows.push([`${kind}, ${count} entities`, figure(rate), figure(megabytes)]);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  console.log(`\nEmbedded, over ${partitions} partitions from a generator\n`);
  console.log(table([['', 'entities/s', 'heap at most, MB'], ...rows]));
}

async function measured(
  tables: DataSource,
  entities: number,
  partitions: number,
): Promise<{ readonly rate: number; readonly megabytes: number }> {
  let heap = 0;
  const onProgress = (): void => {
    heap = Math.max(heap, process.memoryUsage().heapUsed);
  };
  const input = instances(interleaved(entities, partitions));
  const time = await microseconds(() => tables.repository(Sample).insertMany(input, { onProgress }));
  return { rate: (entities / time) * 1e6, megabytes: heap / 1e6 };
}
