import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import type { Repository } from '../../src/repository/repository.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import { wrapRows, wrapStore } from '../../src/store/wrap-store.js';
import { rejection } from '../support/every-store.js';
import { month, user, User } from './user.js';

/** Returns users of a store in which something happens before a point read. */
async function usersOf(before: (rowKey: string) => Promise<void> | void): Promise<Repository<User>> {
  const store = memoryStore();
  const slow = wrapStore(store, {
    rows: (table, shape) => {
      const rows = store.rows(table, shape);
      return wrapRows(rows, {
        async get(partitionKey, rowKey, decode, request, options) {
          await before(rowKey);
          return rows.get(partitionKey, rowKey, decode, request, options);
        },
        scan: (request, decode, options) => rows.scan(request, decode, options),
      });
    },
  });
  const plain = (await DataSource.open(slow)).repository(User);
  for (let n = 0; n < 40; n++)
    await plain.insert(user(`${n}`, { email: `${n}@x.org`, plan: 'paid', joinedAt: month(1) }));
  return plain;
}

describe('Reading by an index while others write', () => {
  it('finds the entity that takes a unique value between the two reads', async () => {
    let isMoving = false;
    const users: Repository<User> = await usersOf(async (rowKey) => {
      if (!isMoving || rowKey !== 'user|0') return;
      isMoving = false;
      await users.merge({ tenant: 't', id: '0' }, { email: 'other@x.org' });
      await users.merge({ tenant: 't', id: '1' }, { email: '0@x.org' });
    });
    isMoving = true;
    expect((await users.getBy(User.byEmail, { tenant: 't', email: '0@x.org' }))?.id).to.equal('1');
    expect((await users.getBy(User.byEmail, { tenant: 't', email: 'other@x.org' }))?.id).to.equal('0');
    expect(await users.getBy(User.byEmail, { tenant: 't', email: '1@x.org' })).to.equal(undefined);
  });

  it('reads at most 16 entities at once, in the order of the entries', async () => {
    let underWay = 0;
    let most = 0;
    let isReading = false;
    const users = await usersOf(async () => {
      if (!isReading) return;
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
      underWay--;
    });
    isReading = true;
    const found = await users.by(User.byPlan, { tenant: 't', plan: 'paid' }).toArray();
    expect(most).to.equal(16);
    expect(found.map(({ id }) => id)).to.deep.equal(Array.from({ length: 40 }, (_, n) => `${n}`).toSorted());
  });

  it('ends with its signal or its timeout while entities are read', async () => {
    let delay = 0;
    let reads = 0;
    const users = await usersOf(() => {
      reads++;
      return delay === 0 ? undefined : new Promise((resolve) => setTimeout(resolve, delay));
    });
    const paid = users.by(User.byPlan, { tenant: 't', plan: 'paid' });
    delay = 20;
    reads = 0;
    const stop = new AbortController();
    const reading = rejection(paid.toArray({ signal: stop.signal }));
    setTimeout(() => stop.abort(), 5);
    expect(await reading).to.include({ code: 'store.aborted' });
    expect(reads).to.equal(16);
    expect(await rejection(paid.first({ timeout: 5 }))).to.include({ code: 'store.timeout' });
    expect(await rejection(users.getBy(User.byEmail, { tenant: 't', email: '1@x.org' }, { timeout: 5 }))).to.include({
      code: 'store.timeout',
    });
  });
});
