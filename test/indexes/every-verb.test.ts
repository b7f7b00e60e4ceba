import { expect } from 'chai';
import { onEveryStore } from '../support/every-store.js';
import { below, seeded } from '../support/seeded.js';
import { Order, Rival } from './rival.js';
import { findings, User } from './users.js';

const ROUNDS: Readonly<Record<string, number>> = { memory: 300, sqlite: 50, lmdb: 50, azurite: 12 };
const SEEDS = process.env['SEED'] === undefined ? [1, 2, 3] : [Number(process.env['SEED'])];
const AT_REST = { missing: [], surplus: [] };

onEveryStore('Every verb with rivals', (open, store) => {
  it('keeps the entries of all indexes as the entities are', async function () {
    this.timeout(120_000);
    for (const seed of SEEDS) {
      const { tables: db, tableName } = await open();
      const random = seeded(seed);
      const rivals = Array.from({ length: 4 }, () => new Rival(db, random));
      for (let round = 0; round < ROUNDS[store]!; round++) {
        await Promise.all(rivals.slice(0, 1 + below(random, 4)).map((rival) => rival.act()));
        for (const entityClass of [User, Order]) {
          const found = await findings(db, entityClass, tableName);
          expect(found, `seed ${seed}, round ${round}, ${entityClass.name}`).to.deep.equal(AT_REST);
        }
      }
    }
  });
});
