import { expect } from 'chai';
import type { IndexFinding, VerifyIndexesProgress } from '../../src/index.js';
import { onEveryStore, rejection, type Opened } from '../support/every-store.js';
import { RawRows } from './raw-rows.js';
import { findings, User } from './users.js';

function user(id: string, values: Partial<User> = {}): User {
  return Object.assign(new User(), { tenant: 't', id, ...values });
}

/** Users with an entry in each index, in two partitions. */
async function filled({ tables }: Opened): Promise<void> {
  const all = Array.from({ length: 6 }, (_, n) =>
    user(`${n}`, {
      tenant: n % 2 === 0 ? 't' : 's',
      email: `${n}@x`,
      plan: 'p',
      joined: new Date(0),
      score: n,
      active: true,
      name: 'Ann',
    }),
  );
  await tables.repository(User).insertMany(all);
}

const RIGHT = { entities: 6, entries: 18, missing: 0, stale: 0, refused: 0, sample: [] };

onEveryStore('Verifying indexes', (open, store) => {
  it('finds nothing where the library wrote everything', async () => {
    const opened = await open();
    await filled(opened);
    const seen: VerifyIndexesProgress[] = [];
    const report = await opened.tables.tables.indexes(User).verify({ onProgress: (progress) => seen.push(progress) });
    expect(report).to.deep.equal(RIGHT);
    const { ratePerSecond, ...last } = seen.at(-1)!;
    expect(last).to.deep.equal({ entities: 6, entries: 18, missing: 0, stale: 0 });
    expect(ratePerSecond).to.be.a('number');
  });

  it('finds missing, stale and forged entries, entries with other values, and entities that cannot have one', async () => {
    const opened = await open();
    await filled(opened);
    const raw = new RawRows(opened, 'Users');
    await raw.delete('t', '~iuser|~byEmail 0@x');
    await raw.put('t', '~iuser|~byEmail gone@x', { _row: 'user|9' });
    await raw.put('t', '~iuser|~byScore nonsense', {});
    await raw.put('s', '~iuser|~byEmail 1@x', { _row: 'user|3' });
    await raw.merge('t', 'user|4', { score: 40 });
    await raw.merge('s', 'user|5', { name: 'Bob' });
    await raw.put('s', 'user|x', { email: 'x'.repeat(600) });
    const report = await opened.tables.tables.indexes(User).verify();
    const sample = [...report.sample].toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
    expect({ ...report, sample: sample.map(({ error, ...rest }) => ({ ...rest, code: error?.code })) }).to.deep.equal({
      entities: 7,
      entries: 19,
      missing: 3,
      stale: 5,
      refused: 1,
      sample: [
        { kind: 'missing', index: 'byEmail', partitionKey: 's', rowKey: 'user|1', code: undefined },
        { kind: 'missing', index: 'byEmail', partitionKey: 't', rowKey: 'user|0', code: undefined },
        { kind: 'missing', index: 'byScore', partitionKey: 't', rowKey: 'user|4', code: undefined },
        { kind: 'refused', index: 'byEmail', partitionKey: 's', rowKey: 'user|x', code: 'key.too-long' },
        { kind: 'stale', index: 'byEmail', partitionKey: 's', rowKey: 'user|3', code: undefined },
        { kind: 'stale', index: 'byEmail', partitionKey: 't', rowKey: 'user|9', code: undefined },
        { kind: 'stale', index: 'byPlan', partitionKey: 's', rowKey: 'user|5', code: undefined },
        { kind: 'stale', index: 'byScore', partitionKey: 't', rowKey: 'nonsense', code: undefined },
        { kind: 'stale', index: 'byScore', partitionKey: 't', rowKey: 'user|4', code: undefined },
      ],
    });
    const one = await opened.tables.tables.indexes(User).verify({ index: 'byScore', sample: 1 });
    expect({ ...one, sample: one.sample.length }).to.deep.equal({
      entities: 7,
      entries: 7,
      missing: 1,
      stale: 2,
      refused: 0,
      sample: 1,
    });
  });

  it('finds nothing while the library writes', async function () {
    this.timeout(60_000);
    const opened = await open();
    await filled(opened);
    const users = opened.tables.repository(User);
    let stop = false;
    const writers = [0, 1, 2].map(async (writer) => {
      for (let turn = 0; !stop; turn++) {
        const key = { tenant: turn % 2 === 0 ? 't' : 's', id: `${writer}-${turn % 5}` };
        if (turn % 7 === 6) await users.delete(key, { missing: 'ignore' });
        else
          await users.upsert(Object.assign(new User(), key, { email: `${writer} ${turn}`, score: turn, name: 'x' }), {
            mode: 'replace',
          });
        if (store !== 'azurite') await new Promise((resolve) => setTimeout(resolve, 0));
      }
    });
    for (let round = 0; round < (store === 'azurite' ? 2 : 20); round++) {
      const { missing, stale } = await opened.tables.tables.indexes(User).verify();
      expect({ round, missing, stale }).to.deep.equal({ round, missing: 0, stale: 0 });
    }
    stop = true;
    await Promise.all(writers);
    expect(await findings(opened.tables, User, opened.tableName)).to.deep.equal({ missing: [], surplus: [] });
  });

  it('refuses a missing table, and is stopped by its signal', async () => {
    const opened = await open();
    const indexes = opened.tables.tables.indexes(User);
    expect(await rejection(indexes.verify())).to.have.property('code', 'store.table-not-found');
    await filled(opened);
    const signal = AbortSignal.abort();
    expect(await rejection(indexes.verify({ signal }))).to.have.property('code', 'store.aborted');
  });
});

function order({ kind, index, partitionKey, rowKey = '' }: IndexFinding): string {
  return [kind, index, partitionKey, rowKey].join(' ');
}
