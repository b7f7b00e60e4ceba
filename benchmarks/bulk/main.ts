import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'entitable';
import { startEmulator } from '../support/emulator.js';
import { amount, figure, median, microseconds, table } from '../support/measure.js';
import { installPeers, peerVersion } from '../support/peers.js';
import { Sample, sample, type SampleData } from '../support/sample.js';
import type { BulkContender } from './contender.js';
import { entitableContenders, instances } from './entitable-contenders.js';
import { nest } from './nest-contender.js';
import { sdkContenders } from './sdk-contenders.js';

const ROUNDS = amount(7, 1);
const ON_EMULATOR = { entities: amount(10_000, 500), partitions: 50 };
const EMBEDDED = { entities: amount(100_000, 2000), partitions: 500 };
const LONGER = 4;

/** Yields entities of all partitions in turn, as an export or a queue does. */
function* interleaved(entities: number, partitions: number): Generator<SampleData> {
  for (let index = 0; index < entities; index++) yield sample(index % partitions, Math.floor(index / partitions));
}

installPeers();
console.log(
  `Node ${process.version}; @nestjs/azure-database ${peerVersion('@nestjs/azure-database')}; entities of 12 properties`,
);
await onEmulator([...entitableContenders, ...sdkContenders, nest]);
await embedded();

interface Run {
  readonly rate: number;
  /** CPU time of this process per entity, in microseconds. */
  readonly cpu: number;
}

async function onEmulator(contenders: readonly BulkContender[]): Promise<void> {
  const { entities, partitions } = ON_EMULATOR;
  const emulator = await startEmulator();
  const runs = new Map<BulkContender, Run[]>(contenders.map((contender) => [contender, []]));
  let tables = 0;
  for (let round = -1; round < ROUNDS; round++) {
    // The contenders take turns, so that other load on the machine affects all of them. The first round is a warm-up.
    for (const contender of contenders) {
      const count = contender.oneByOne || round < 0 ? entities / 10 : entities;
      const input = [...interleaved(count, partitions)];
      const before = process.cpuUsage();
      const time = await microseconds(() => contender.write(emulator.connectionString, `Bulk${++tables}`, input));
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) runs.get(contender)!.push({ rate: (count / time) * 1e6, cpu: (user + system) / count });
    }
  }
  await emulator.close();
  const rows = [...runs].map(([{ name }, figures]) => ({
    name,
    best: Math.max(...figures.map(({ rate }) => rate)),
    middle: median(figures.map(({ rate }) => rate)),
    cpu: median(figures.map(({ cpu }) => cpu)),
  }));
  const bestOf = (isIt: (name: string) => boolean): number =>
    Math.max(...rows.filter(({ name }) => isIt(name)).map(({ best }) => best));
  const own = bestOf((name) => name.startsWith('entitable'));
  console.log(
    `\n${entities} entities over ${partitions} partitions, to the emulator in memory; ${ROUNDS} rounds, in turn\n`,
  );
  console.log(
    table([
      ['', 'entities/s, best', 'median', 'CPU µs/entity', 'entitable is'],
      ...rows.map(({ name, best, middle, cpu }) => [
        name,
        figure(best),
        figure(middle),
        figure(cpu),
        `${figure(own / best)}x`,
      ]),
    ]),
  );
  const oneByOne = own / bestOf((name) => name.endsWith('one by one'));
  const byHand = own / bestOf((name) => name.includes('by hand'));
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
