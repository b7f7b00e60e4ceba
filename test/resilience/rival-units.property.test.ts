import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { UnitOfWork } from '../../src/unit-of-work/unit-of-work.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import { faultyStore, type Fault } from '../support/faulty-store.js';
import { Item } from './fault-items.js';

/** Number of random histories; `npm run test:faults` runs many more. */
const HISTORIES = Number(process.env['RIVAL_HISTORIES'] ?? 200);
const SEED = Number(process.env['FAULT_SEED'] ?? 7);

const keyOf = (name: string) => ({ owner: 'o', name });
const itemOf = (name: string, count: number): Item => Object.assign(new Item(), keyOf(name), { count });

/**
 * The work of a unit before it commits; each returns the entities it wrote. Rivals that do the same work write the same
 * content, so the rows do not show who wrote them.
 */
const WORK = {
  increments: async (unit) => [await added(unit, 'counter', 1)],
  'moves from one row to the other': async (unit) => [await added(unit, 'counter', 1), await added(unit, 'other', -1)],
  'inserts a record': async (unit) => [inserted(unit)],
  'increments, and inserts a record': async (unit) => [await added(unit, 'counter', 1), inserted(unit)],
  'deletes the record': async (unit) => {
    const record = await unit.repository(Item).get(keyOf('record'));
    if (record === undefined) return [];
    unit.delete(record);
    return [record];
  },
  'sets the other row': async (unit) => {
    const other = await unit.repository(Item).getOrThrow(keyOf('other'));
    if (other.count === 5) return [];
    other.count = 5;
    return [other];
  },
} as const satisfies Readonly<Record<string, (unit: UnitOfWork) => Promise<readonly Item[]>>>;

async function added(unit: UnitOfWork, name: string, count: number): Promise<Item> {
  const item = await unit.repository(Item).getOrThrow(keyOf(name));
  item.count! += count;
  return item;
}

function inserted(unit: UnitOfWork): Item {
  const record = itemOf('record', 1);
  unit.insert(record);
  return record;
}

type Work = keyof typeof WORK;

/**
 * The fate of one request. It may be delayed for some turns of the event loop before and after it reaches the store.
 */
interface Passage {
  readonly fault: Fault;
  readonly before: number;
  readonly after: number;
}

interface History {
  readonly lostAnswers: 'settle' | 'report';
  readonly maxRetries: number;
  /** For each rival, the work of its units, one after the other. */
  readonly rivals: readonly (readonly Work[])[];
  readonly passages: readonly Passage[];
}

const turns = fc.nat({ max: 6 });
const histories: fc.Arbitrary<History> = fc.record({
  lostAnswers: fc.constantFrom('settle', 'report'),
  maxRetries: fc.nat({ max: 2 }),
  rivals: fc.array(fc.array(fc.constantFrom(...(Object.keys(WORK) as Work[])), { minLength: 1, maxLength: 4 }), {
    minLength: 2,
    maxLength: 3,
  }),
  passages: fc.array(
    fc.record({
      fault: fc.constantFrom<Fault>('none', 'none', 'unavailable', 'lost-before', 'lost-after'),
      before: turns,
      after: turns,
    }),
    { maxLength: 30 },
  ),
});

/** The reported outcome of a unit, and what the store has done. */
interface End {
  /** Equal for all units that wrote the same content over the same rows. These cannot be told apart by anyone. */
  readonly alike: string;
  readonly told: string;
  /** True if the transaction was carried out. An insert may be carried out again after a rival has deleted its row. */
  readonly carriedOut: boolean;
}

describe('Concurrent units of work on an unreliable network', () => {
  it(`Concurrent units of work that write alike report the true outcome of their commits in ${HISTORIES} random histories`, async function () {
    this.timeout(60_000 + HISTORIES * 200);
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const ends = await endsOf(history);
        for (const alike of new Set(ends.map((end) => end.alike))) {
          const same = ends.filter((end) => end.alike === alike);
          const shown = same
            .map(({ told, carriedOut }) => `${alike}: told ${told}, ${carriedOut ? '' : 'not '}carried out`)
            .join('; ');
          const count = (told: string): number => same.filter((end) => end.told === told).length;
          const carriedOut = same.filter((end) => end.carriedOut).length;
          expect(carriedOut, shown).to.be.at.least(count('committed'));
          expect(carriedOut, shown).to.be.at.most(count('committed') + count('unknown'));
        }
      }),
      { numRuns: HISTORIES, seed: SEED },
    );
  });
});

async function endsOf({ lostAnswers, maxRetries, rivals, passages }: History): Promise<readonly End[]> {
  const faulty = faultyStore(memoryStore());
  const retry = { lostAnswers, maxRetries, fast: { slot: 1, ceiling: 1 } } as const;
  const tables = await DataSource.open(faulty.store, { retry });
  await tables.repository(Item).insertMany([itemOf('counter', 0), itemOf('other', 0)]);

  /** The commit whose request reaches the store. */
  const running = new AsyncLocalStorage<{ carriedOut: boolean }>();
  const delays = passages.flatMap(({ before, after }) => [before, after]);
  faulty.faults.push(...passages.map(({ fault }) => fault));
  faulty.beforeSubmit = () => wait(delays.shift() ?? 0);
  faulty.afterSubmit = () => {
    running.getStore()!.carriedOut = true;
    return wait(delays.shift() ?? 0);
  };

  const ends = await Promise.all(
    rivals.map(async (works) => {
      const own: End[] = [];
      for (const work of works) {
        const unit = tables.unitOfWork();
        const written = await WORK[work](unit);
        if (written.length === 0) continue;
        const alike = [work, ...written.map(({ name, etag, count }) => `${name} ${etag} ${count}`)].join(', ');
        const counted = { carriedOut: false };
        const told = await running.run(counted, () => toldOf(unit));
        own.push({ alike, told, ...counted });
      }
      return own;
    }),
  );
  await tables.close();
  return ends.flat();
}

/** Returns the outcome of a commit that is repeated while it is unknown, as the guide recommends. */
async function toldOf(unit: UnitOfWork): Promise<string> {
  let told = 'unknown';
  for (let attempt = 0; attempt < 4 && told === 'unknown'; attempt++) told = await outcomeOf(unit);
  return told;
}

/** Returns `committed`, `unknown`, or the error code of a commit that wrote nothing. */
async function outcomeOf(unit: UnitOfWork): Promise<string> {
  try {
    await unit.commit({ atomic: true });
    return 'committed';
  } catch (error) {
    if (EntitableError.is(error, 'commit.partial')) return 'unknown';
    if (EntitableError.is(error, 'store.')) return error.code;
    throw error;
  }
}

async function wait(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate();
}
