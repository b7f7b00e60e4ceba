import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { amount, figure, median, microseconds, table } from '../support/measure.js';
import { installPeers } from '../support/peers.js';
import { sample } from '../support/sample.js';
import { ContenderProcess, serve } from './contender-process.js';
import type { OpenContender } from './contender.js';
import { contenderOf, CONTENDERS, versions } from './contenders.js';
import { METRICS, type Figures, type Metric } from './metrics.js';
import { FILLS, MIDDLE, OPERATIONS, PARTITIONS, ROWS, type Operation } from './operations.js';
import { targetsTable } from './targets.js';

const PROGRAM = fileURLToPath(import.meta.url);
const ROUNDS = amount(9, 1);
const WARM_UP = amount(2, 0);
const COLD_OPENS = amount(5, 1);

const [part, contender = '', folder = ''] = process.argv.slice(2);
if (part === 'serve') {
  await serve(contender, folder);
} else if (part === 'open') {
  await openCold(contender, folder);
} else {
  installPeers();
  await main();
}

async function main(): Promise<void> {
  console.log(
    `${PARTITIONS * ROWS} entities of 10 properties in ${PARTITIONS} partitions; Node ${process.version}; ${versions()}\n` +
      `Wall time, medians of ${ROUNDS} rounds, in turn, each contender in a process of its own; every acknowledged write is on disk, where there is a disk. Instances of a class with the same members come back from all.\n`,
  );
  const scratch = await mkdtemp(join(tmpdir(), 'entitable-bench-'));
  const contenders: ContenderProcess[] = [];
  try {
    for (const { name } of CONTENDERS) {
      contenders.push(new ContenderProcess(PROGRAM, name, await mkdtemp(join(scratch, 'store-'))));
    }
    print(await measure(contenders));
  } finally {
    await Promise.all(contenders.map((each) => each.close()));
    await rm(scratch, { recursive: true, force: true });
  }
}

function print(all: ReadonlyMap<string, Figures>): void {
  const [name, own] = [...all][0]!; // the first contender is the one to compare with
  const cells = (cell: (figures: Figures, metric: Metric) => string): string =>
    table([
      ['', ...METRICS],
      ...[...all].map(([kind, figures]) => [kind, ...METRICS.map((metric) => cell(figures, metric))]),
    ]);
  console.log(cells((figures, metric) => figure(figures[metric])));
  console.log(`\nTimes as long as ${name}:\n`);
  console.log(cells((figures, metric) => `${figure(figures[metric] / own[metric])}x`));
  console.log(`\n${targetsTable(all)}`);
}

async function measure(contenders: readonly ContenderProcess[]): Promise<ReadonlyMap<string, Figures>> {
  const batches = await inTurn(contenders, 'fill', FILLS, 0);
  const names: string[] = [];
  for (const each of contenders) {
    const lacking = await each.lacking();
    names.push(lacking.length === 0 ? each.name : `${each.name} (other ${lacking.join(', ')})`);
  }
  const operations = new Map<Operation, readonly number[]>();
  for (const operation of Object.keys(OPERATIONS) as Operation[]) {
    operations.set(operation, await inTurn(contenders, operation, ROUNDS, WARM_UP));
  }
  const all = new Map<string, Figures>();
  for (const [index, each] of contenders.entries()) {
    await each.close();
    const disk = await sizeOf(each.folder);
    const figures = Object.fromEntries([...operations].map(([operation, medians]) => [operation, medians[index]!]));
    all.set(names[index]!, {
      ...(figures as Record<Operation, number>),
      'batch of 100 µs/entity': batches[index]!,
      'cold open ms': disk === 0 ? Number.NaN : coldOpen(each),
      'file MB': disk / 1e6 || Number.NaN,
    });
  }
  return all;
}

/**
 * Returns the median of each contender's rounds. They take turns, so that other load on the machine affects all of
 * them. The first rounds are a warm-up.
 */
async function inTurn(
  contenders: readonly ContenderProcess[],
  operation: Operation | 'fill',
  rounds: number,
  warmUp: number,
): Promise<readonly number[]> {
  const figures: number[][] = contenders.map(() => []);
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const [index, each] of contenders.entries()) {
      const time = await each.run(operation, round);
      if (round >= warmUp) figures[index]!.push(time);
    }
  }
  return figures.map(median);
}

async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !/lock|-shm$|-wal$/.test(entry.name));
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/**
 * Measures, in a process of its own, the time from opening the store to the first entity. The modules are loaded
 * before.
 */
function coldOpen({ name, folder: store }: ContenderProcess): number {
  const runs = Array.from({ length: COLD_OPENS }, () =>
    Number(execFileSync(process.execPath, [PROGRAM, 'open', name, store], { encoding: 'utf8' })),
  );
  return median(runs) / 1000;
}

async function openCold(name: string, store: string): Promise<void> {
  const measured = contenderOf(name);
  const scratch = await mkdtemp(join(tmpdir(), 'entitable-bench-'));
  await (await measured.open(scratch)).close();
  const { partition, row } = sample(...MIDDLE);
  let opened: OpenContender | undefined;
  const time = await microseconds(async () => {
    opened = await measured.open(store);
    await opened.get(partition, row);
  });
  console.log(time);
  await opened?.close();
  await rm(scratch, { recursive: true, force: true });
}
