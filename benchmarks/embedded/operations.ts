import { lackingMembers } from '../support/lacking-members.js';
import { amount, median, microseconds } from '../support/measure.js';
import { sample, type SampleData } from '../support/sample.js';
import type { OpenContender } from './contender.js';

export const PARTITIONS = amount(100, 10);
/** Rows in each partition. */
export const ROWS = amount(1000, 100);
/** Numbers of a partition and of a row in it, halfway through the data. */
export const MIDDLE = [PARTITIONS / 2, ROWS / 2] as const;
/** Rounds of batches that fill a store. */
export const FILLS = 10;

/** Stores a share of the entities in batches of 100 and returns the microseconds per entity. */
export async function fill(store: OpenContender, round: number): Promise<number> {
  const batches: number[] = [];
  const share = PARTITIONS / FILLS;
  for (let partition = round * share; partition < (round + 1) * share; partition++) {
    for (let first = 0; first < ROWS; first += 100) {
      const rows = Array.from({ length: 100 }, (_, index) => sample(partition, first + index));
      batches.push((await microseconds(() => store.batch(rows))) / rows.length);
    }
  }
  return median(batches);
}

/** Returns the names of the members that a contender does not return as they were stored, in any of its reads. */
export async function lackingIn(store: OpenContender): Promise<readonly string[]> {
  const data = sample(...MIDDLE);
  const found = [
    await store.get(data.partition, data.row),
    (await store.page(data.partition))[ROWS / 2],
    (await store.filter(data.count)).find(
      (each) => (each as SampleData).row === data.row && (each as SampleData).partition === data.partition,
    ),
  ];
  return [...new Set(found.flatMap((each) => lackingMembers(each ?? {}, data)))];
}

/** The measured operations: each runs one round and returns the time of one operation. */
export const OPERATIONS = {
  'get µs': async (store, _round, isSlow) => {
    const reads = isSlow ? 100 : 2000;
    const keys = Array.from({ length: reads }, (_, index) => sample((index * 37) % PARTITIONS, (index * 7919) % ROWS));
    const time = await microseconds(async () => {
      for (const { partition, row } of keys) {
        if ((await store.get(partition, row)) === undefined) throw new Error('missing');
      }
    });
    return time / reads;
  },
  'insert µs': async (store, round) => {
    const entities = fresh(`a${round}`, 100);
    const time = await microseconds(async () => {
      for (const data of entities) await store.insert(data);
    });
    return time / entities.length;
  },
  'insert, 100 in flight µs': async (store, round) => {
    const entities = fresh(`b${round}`, 500);
    const time = await microseconds(async () => {
      for (let first = 0; first < entities.length; first += 100) {
        await Promise.all(entities.slice(first, first + 100).map((data) => store.insert(data)));
      }
    });
    return time / entities.length;
  },
  'page of 1000 ms': (store) =>
    milliseconds(30, (index) => expectRows(store.page(sample((index * 11) % PARTITIONS, 0).partition), ROWS)),
  'filter 1 % of 100k ms': (store) => milliseconds(3, () => expectRows(store.filter(42), (PARTITIONS * ROWS) / 100)),
} as const satisfies Record<string, (store: OpenContender, round: number, isSlow: boolean) => Promise<number>>;

export type Operation = keyof typeof OPERATIONS;

/** Returns the median of several calls. */
async function milliseconds(calls: number, run: (index: number) => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < calls; index++) times.push(await microseconds(() => run(index)));
  return median(times) / 1000;
}

/** Creates entities in a partition of their own that no filter of the benchmark matches. */
function fresh(partition: string, count: number): readonly SampleData[] {
  return Array.from({ length: count }, (_, index) => ({ ...sample(0, index), partition: `x-${partition}`, count: -1 }));
}

async function expectRows(rows: Promise<readonly object[]>, count: number): Promise<void> {
  const { length } = await rows;
  if (length !== count) throw new Error(`${length} rows, not ${count}`);
}
