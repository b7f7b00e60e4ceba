import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { DataSource } from '../../src/index.js';
import { onEveryStore } from '../support/every-store.js';
import { faultyStore, type Fault } from '../support/faulty-store.js';
import { below, pick, seeded } from '../support/seeded.js';
import { FAULTS, Order, Rival, type Outcomes } from './rival.js';
import { findings, User } from './users.js';

const ROUNDS: Readonly<Record<string, number>> = { memory: 150, sqlite: 20, lmdb: 40, azurite: 6 };
const SEEDS = process.env['SEED'] === undefined ? [1, 2] : [Number(process.env['SEED'])];
const AT_REST = { missing: [], surplus: [] };

/** The retries of the library at a faster pace, and without them. */
const RETRIES = {
  'the default retries': { fast: { slot: 1 }, slow: { slot: 1 } },
  "lostAnswers: 'report'": { lostAnswers: 'report', fast: { slot: 1 }, slow: { slot: 1 } },
  'no retries': false,
} as const;

/** The weights of the fates of a transaction. */
const FATES: Readonly<Record<Fault, number>> = {
  none: 60,
  unavailable: 8,
  'lost-before': 10,
  'lost-after': 16,
  late: 6,
};

onEveryStore(
  'Every verb with rivals of several processes, while transactions fail and answers are lost',
  (open, store) => {
    for (const [title, retry] of Object.entries(RETRIES)) {
      it(`keeps the entries of all indexes as the entities are, with ${title}`, async function () {
        this.timeout(120_000);
        for (const seed of SEEDS) {
          const { tables: direct, store: port, tableName } = await open();
          const random = seeded(seed);
          await direct.tables.ensure([User]);
          const lines = Array.from({ length: 3 }, () => faultyStore(port));
          const rivals: Rival[] = [];
          for (const line of lines) {
            line.beforeSubmit = async () => {
              for (let turns = below(random, 4); turns > 0; turns--) await setImmediate();
            };
            const db = await DataSource.open(line.store, { tableName, retry });
            rivals.push(new Rival(db, random, FAULTS), new Rival(db, random, FAULTS));
          }
          for (let round = 0; round < ROUNDS[store]!; round++) {
            for (const { faults } of lines) {
              faults.splice(0, Infinity, ...Array.from({ length: 30 }, () => pick(random, FATES)));
            }
            await Promise.all(rivals.filter(() => below(random, 2) === 0).map((rival) => rival.act()));
            for (const { late } of lines) await Promise.all(late);
            for (const entityClass of [User, Order]) {
              const found = await findings(direct, entityClass, tableName);
              expect(found, `seed ${seed}, round ${round}, ${entityClass.name}`).to.deep.equal(AT_REST);
            }
          }
          if (store !== 'memory') continue; // the other stores have too few rounds for every outcome
          expect(countsOf(rivals)).to.include.keys('done', 'entity.not-unique', 'store.outcome-unknown');
        }
      });
    }
  },
);

/** Adds up the outcomes of all rivals. */
function countsOf(rivals: readonly Rival[]): Outcomes {
  const counts: Outcomes = new Map();
  for (const { outcomes } of rivals) {
    for (const [outcome, count] of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + count);
  }
  return counts;
}
