import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, median, microseconds, table } from '../support/measure.js';
import { lackingMembers } from '../support/lacking-members.js';
import { installRivals } from '../support/rivals.js';
import { sample, type SampleData } from '../support/sample.js';
import type { Contender, OpenContender } from './contender.js';
import { CONTENDERS, versions } from './contenders.js';

const PARTITIONS = 100;
const ROWS = 1000;
const ROUNDS = 3;

const METRICS = [
  'get µs',
  'insert µs',
  'insert, 100 in flight µs',
  'batch of 100 µs/entity',
  'page of 1000 ms',
  'filter 1 % of 100k ms',
  'cold open ms',
  'file MB',
] as const;
type Metric = (typeof METRICS)[number];
type Figures = Record<Metric, number>;

if (process.argv[2] === 'open') {
  await openCold(process.argv[3]!, process.argv[4]!);
} else {
  installRivals();
  await main();
}

async function main(): Promise<void> {
  console.log(
    `${PARTITIONS * ROWS} entities of 10 properties in ${PARTITIONS} partitions; Node ${process.version}; ${versions()}`,
  );
  console.log(
    'Wall time, medians; every acknowledged write is on disk, where there is a disk. Instances of a class with the same members come back from all.\n',
  );
  const all = new Map<string, Figures>();
  for (const contender of CONTENDERS) {
    const { name, figures } = await measure(contender);
    all.set(name, figures);
    console.log(`${name}: ${METRICS.map((metric) => `${metric} ${figure(figures[metric])}`).join(', ')}`);
  }
  console.log('');
  print(all, (figures, metric) => figure(figures[metric]));
  const own = all.get('entitable lmdb')!;
  console.log('\nTimes as long as entitable lmdb:\n');
  print(all, (figures, metric) => `${figure(figures[metric] / own[metric])}x`);
}

function print(all: ReadonlyMap<string, Figures>, cell: (figures: Figures, metric: Metric) => string): void {
  const rows = [['', ...METRICS]];
  for (const [name, figures] of all) rows.push([name, ...METRICS.map((metric) => cell(figures, metric))]);
  console.log(table(rows));
}

async function measure(contender: Contender): Promise<{ readonly name: string; readonly figures: Figures }> {
  const folder = await mkdtemp(join(tmpdir(), 'entitable-bench-'));
  const store = await contender.open(folder);
  try {
    const batches: number[] = [];
    for (let partition = 0; partition < PARTITIONS; partition++) {
      for (let first = 0; first < ROWS; first += 100) {
        const rows = Array.from({ length: 100 }, (_, index) => sample(partition, first + index));
        batches.push((await microseconds(() => store.batch(rows))) / 100);
      }
    }
    const lacking = await lackingIn(store);
    const figures = await operations(store, contender.slow === true);
    await store.close();
    const disk = await sizeOf(folder);
    const whole = {
      ...figures,
      'batch of 100 µs/entity': median(batches),
      'cold open ms': disk === 0 ? Number.NaN : coldOpen(contender, folder),
      'file MB': disk / 1e6 || Number.NaN,
    };
    const { name } = contender;
    return { name: lacking.length === 0 ? name : `${name} (other ${lacking.join(', ')})`, figures: whole };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Members that a contender does not give back as they were stored, by any way of reading. */
async function lackingIn(store: OpenContender): Promise<readonly string[]> {
  const data = sample(42, 42);
  const found = [
    await store.get(data.partition, data.row),
    (await store.page(data.partition))[42],
    (await store.filter(data.count)).find(
      (each) => (each as SampleData).row === data.row && (each as SampleData).partition === data.partition,
    ),
  ];
  return [...new Set(found.flatMap((each) => lackingMembers(each ?? {}, data)))];
}

async function operations(store: OpenContender, slow: boolean): Promise<Figures> {
  const figures = Object.fromEntries(METRICS.map((metric) => [metric, [] as number[]])) as Record<Metric, number[]>;
  for (let round = 0; round <= ROUNDS; round++) {
    const measured = await oneRound(store, slow ? 200 : 4000, round);
    // The first round warms up.
    if (round > 0) for (const [metric, value] of Object.entries(measured)) figures[metric as Metric].push(value);
  }
  return Object.fromEntries(METRICS.map((metric) => [metric, median(figures[metric])])) as Figures;
}

async function oneRound(store: OpenContender, reads: number, round: number): Promise<Partial<Figures>> {
  const keys = Array.from({ length: reads }, (_, index) => sample((index * 37) % PARTITIONS, (index * 7919) % ROWS));
  const get = await microseconds(async () => {
    for (const { partition, row } of keys) {
      if ((await store.get(partition, row)) === undefined) throw new Error('missing');
    }
  });
  const alone = fresh(`a${round}`, 200);
  const insert = await microseconds(async () => {
    for (const data of alone) await store.insert(data);
  });
  const many = fresh(`b${round}`, 1000);
  const inFlight = await microseconds(async () => {
    for (let first = 0; first < many.length; first += 100) {
      await Promise.all(many.slice(first, first + 100).map((data) => store.insert(data)));
    }
  });
  const pages: number[] = [];
  for (let index = 0; index < 60; index++) {
    pages.push(await microseconds(() => expectRows(store.page(sample((index * 11) % PARTITIONS, 0).partition), ROWS)));
  }
  const filter = await microseconds(() => expectRows(store.filter(42), (PARTITIONS * ROWS) / 100));
  return {
    'get µs': get / reads,
    'insert µs': insert / alone.length,
    'insert, 100 in flight µs': inFlight / many.length,
    'page of 1000 ms': median(pages) / 1000,
    'filter 1 % of 100k ms': filter / 1000,
  };
}

/** Entities of a partition of their own, which no filter of the benchmark finds. */
function fresh(partition: string, count: number): readonly SampleData[] {
  return Array.from({ length: count }, (_, index) => ({ ...sample(0, index), partition: `x-${partition}`, count: -1 }));
}

async function expectRows(rows: Promise<readonly object[]>, count: number): Promise<void> {
  const { length } = await rows;
  if (length !== count) throw new Error(`${length} rows, not ${count}`);
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !/lock|-shm$|-wal$/.test(entry.name));
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** In a process of its own: from opening to the first entity, the store's own modules loaded before. */
function coldOpen({ name }: Contender, folder: string): number {
  const runs = Array.from({ length: ROUNDS }, () =>
    Number(
      execFileSync(process.execPath, [fileURLToPath(import.meta.url), 'open', name, folder], { encoding: 'utf8' }),
    ),
  );
  return median(runs) / 1000;
}

async function openCold(name: string, folder: string): Promise<void> {
  const contender = CONTENDERS.find((candidate) => candidate.name === name)!;
  const scratch = await mkdtemp(join(tmpdir(), 'entitable-bench-'));
  await (await contender.open(scratch)).close();
  const { partition, row } = sample(50, 500);
  let opened: OpenContender | undefined;
  const time = await microseconds(async () => {
    opened = await contender.open(folder);
    await opened.get(partition, row);
  });
  console.log(time);
  await opened?.close();
  await rm(scratch, { recursive: true, force: true });
}
