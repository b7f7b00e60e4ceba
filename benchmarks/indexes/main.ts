import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { amount, figure, median, microseconds, table } from '../support/measure.js';
import { installPeers } from '../support/peers.js';
import { sample, type SampleData } from '../support/sample.js';
import { typeormVersion } from '../support/typeorm.js';
import { CONTENDERS } from './contenders.js';

const PROGRAM = fileURLToPath(import.meta.url);
const PARTITIONS = amount(100, 10);
const ROWS = amount(1000, 100);
const ROUNDS = amount(9, 1);
const WARM_UP = amount(2, 0);
const LOOKUPS = amount(1000, 50);

/** The measured operations, in the order in which they run. `fill` runs once for each tenth of the entities. */
const OPERATIONS = [
  'insert in batches of 100 µs/entity',
  'insert µs',
  'by unique e-mail µs',
  '10 of a count µs',
] as const;
type Operation = (typeof OPERATIONS)[number];

/** A store of entities with a unique index of the e-mail and an index of the count, both within a partition. */
export interface OpenContender {
  insert(data: SampleData): Promise<unknown>;
  batch(data: readonly SampleData[]): Promise<unknown>;
  byEmail(partition: string, email: string): Promise<object | undefined>;
  byCount(partition: string, count: number): Promise<readonly object[]>;
  close(): Promise<unknown>;
}

async function main(): Promise<void> {
  console.log(
    `${PARTITIONS * ROWS} entities of 10 properties in ${PARTITIONS} partitions, with a unique index of the e-mail and an index of the count; ` +
      `Node ${process.version}; ${typeormVersion()}\nWall time, medians of ${ROUNDS} rounds, in turn, each contender in a process of its own; every acknowledged write is on disk.\n`,
  );
  const scratch = await mkdtemp(join(tmpdir(), 'entitable-bench-'));
  try {
    const names = [...CONTENDERS.keys()];
    const children = await Promise.all(
      names.map(async (name) => new Child(name, await mkdtemp(join(scratch, 'store-')))),
    );
    const all = new Map<Operation, readonly number[]>();
    for (const operation of OPERATIONS) all.set(operation, await inTurn(children, operation));
    for (const child of children) await child.end();
    const rows = (cell: (figures: readonly number[], at: number) => string): string[][] =>
      names.map((name, at) => [name, ...OPERATIONS.map((operation) => cell(all.get(operation)!, at))]);
    console.log(table([['', ...OPERATIONS], ...rows((figures, at) => figure(figures[at]!))]));
    console.log(`\nTimes as long as ${names[0]}:\n`);
    console.log(table([['', ...OPERATIONS], ...rows((figures, at) => `${figure(figures[at]! / figures[0]!)}x`)]));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function inTurn(children: readonly Child[], operation: Operation): Promise<readonly number[]> {
  const isFill = operation === OPERATIONS[0];
  const rounds = isFill ? PARTITIONS : WARM_UP + ROUNDS;
  const figures: number[][] = children.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [at, child] of children.entries()) {
      const time = await child.run(operation, round);
      if (isFill || round >= WARM_UP) figures[at]!.push(time);
    }
  }
  return figures.map(median);
}

/** A contender in a process of its own, which is idle while the others take their turns. */
class Child {
  readonly #child;

  constructor(
    readonly name: string,
    store: string,
  ) {
    this.#child = fork(PROGRAM, ['serve', name, store]);
  }

  run(operation: Operation, round: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`${this.name} ended with ${code} at ${operation}`));
      this.#child.once('exit', ended);
      this.#child.once('message', (time) => {
        this.#child.off('exit', ended);
        resolve(time as number);
      });
      this.#child.send({ operation, round });
    });
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.disconnect();
    await ended;
  }
}

async function serve(name: string, store: string): Promise<void> {
  const opened = CONTENDERS.get(name)!(store);
  process.on('message', ({ operation, round }: { operation: Operation; round: number }) => {
    void opened.then((open) => measure(open, operation, round)).then((time) => process.send!(time));
  });
  await new Promise((resolve) => process.once('disconnect', resolve));
  await (await opened).close();
}

async function measure(store: OpenContender, operation: Operation, round: number): Promise<number> {
  switch (operation) {
    case 'insert in batches of 100 µs/entity':
      return perCall(ROWS / 100, 100, (batch) =>
        store.batch(Array.from({ length: 100 }, (_, at) => sample(round, batch * 100 + at))),
      );
    case 'insert µs': {
      const fresh = Array.from({ length: 100 }, (_, at) => ({
        ...sample(round, at),
        partition: `x-${round}`,
        count: -1,
      }));
      return perCall(fresh.length, 1, (at) => store.insert(fresh[at]!));
    }
    case 'by unique e-mail µs':
      return perCall(LOOKUPS, 1, async (at) => {
        const { partition, email, row } = sample((at * 37) % PARTITIONS, (at * 7919 + round) % ROWS);
        const found = await store.byEmail(partition, email);
        if ((found as SampleData | undefined)?.row !== row) throw new Error('the wrong entity');
      });
    case '10 of a count µs':
      return perCall(LOOKUPS / 10, 1, async (at) => {
        const { partition } = sample((at * 37) % PARTITIONS, 0);
        const found = await store.byCount(partition, (at + round) % 100);
        if (found.length !== ROWS / 100) throw new Error(`${found.length} entities, not ${ROWS / 100}`);
      });
    default:
      return operation satisfies never;
  }
}

/** Returns the microseconds of one call, or of one of the entities that each call handles. */
async function perCall(calls: number, each: number, run: (at: number) => Promise<unknown>): Promise<number> {
  const time = await microseconds(async () => {
    for (let at = 0; at < calls; at++) await run(at);
  });
  return time / calls / each;
}

const [part, contender = '', folder = ''] = process.argv.slice(2);
if (part === 'serve') {
  await serve(contender, folder);
} else {
  installPeers();
  await main();
}
