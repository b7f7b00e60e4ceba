import { expect } from 'chai';
import { onEveryStore, type Open, type Opened } from '../support/every-store.js';
import type { Repository } from '../../src/repository/repository.js';
import { indexedRows, type IndexedRows } from './indexed-rows.js';
import { month, user, User } from './user.js';
import { findings } from './users.js';

interface Stage extends Opened {
  readonly users: Repository<User>;
  readonly rows: IndexedRows<User>;
}

const MEMBERS = Array.from({ length: 7 }, (_, n) =>
  user(`${n}`, { plan: n < 5 ? 'paid' : 'free', joinedAt: month(1 + n), score: n, email: `${n}@x.org` }),
);

async function staged(open: Open): Promise<Stage> {
  const opened = await open();
  const rows = await indexedRows(User, opened);
  await rows.insert(...MEMBERS);
  return { ...opened, rows, users: opened.tables.repository(User) };
}

const NOTHING_WRONG = { missing: [], surplus: [] };

onEveryStore('writes by filter through an index', (open) => {
  it('deletes the entities, with the entries of all their indexes', async () => {
    const { users, tables, tableName } = await staged(open);
    const report = await users
      .by(User.byPlan, { tenant: 't', plan: 'paid' })
      .where('joinedAt', 'ge', month(3))
      .delete();
    expect(report).to.deep.equal({ changed: 3, skipped: 0, failed: [] });
    expect((await users.query({ tenant: 't' }).toArray()).map(({ id }) => id)).to.deep.equal(['0', '1', '5', '6']);
    expect(await findings(tables, User, tableName)).to.deep.equal(NOTHING_WRONG);
  });

  it('merges into the entities, and keeps their entries', async () => {
    const { users, tables, tableName } = await staged(open);
    const report = await users.by(User.byPlan, { tenant: 't', plan: 'paid' }).merge({ plan: 'free', note: 'moved' });
    expect(report).to.deep.equal({ changed: 5, skipped: 0, failed: [] });
    expect(await users.by(User.byPlan, { tenant: 't', plan: 'paid' }).count()).to.equal(0);
    const free = await users.by(User.byPlan, { tenant: 't', plan: 'free' }).toArray();
    expect(free.map(({ id, note }) => [id, note])).to.deep.equal([
      ['6', undefined],
      ['5', undefined],
      ...['4', '3', '2', '1', '0'].map((id) => [id, 'moved']),
    ]);
    expect(await findings(tables, User, tableName)).to.deep.equal(NOTHING_WRONG);
  });

  it('merges once into an entity whose entry moves to a place that is read later', async () => {
    const { users, tables, tableName } = await staged(open);
    const report = await users
      .by(User.byPlan, { tenant: 't' })
      .pageSize(2)
      .merge(({ plan, score }) => ({ plan: `${plan}+`, score: score! + 1 }));
    expect(report).to.deep.equal({ changed: 7, skipped: 0, failed: [] });
    const all = await users.query({ tenant: 't' }).toArray();
    expect(all.map(({ plan, score }) => [plan, score])).to.deep.equal(
      MEMBERS.map(({ plan, score }) => [`${plan}+`, score! + 1]),
    );
    expect(await findings(tables, User, tableName)).to.deep.equal(NOTHING_WRONG);
  });

  it('reads an entity again that was changed meanwhile, and skips it if the query does not find it any more', async () => {
    const { users, tables, tableName } = await staged(open);
    const key = (id: string) => ({ tenant: 't', id });
    const [first, second] = [key('4'), key('3')];
    let calls = 0;
    const report = await users.by(User.byPlan, { tenant: 't', plan: 'paid' }).merge(async ({ id, score }) => {
      if (calls++ === 0) {
        await users.merge(first, { score: 40 }); // read again, and merged
        await users.merge(second, { plan: 'none' }); // read again, and skipped
      }
      return { note: `${id}:${score}` };
    });
    expect(report).to.deep.equal({ changed: 4, skipped: 1, failed: [] });
    const notes = (await users.query({ tenant: 't' }).toArray()).map(({ id, note }) => [id, note]);
    expect(notes).to.deep.equal([
      ['0', '0:0'],
      ['1', '1:1'],
      ['2', '2:2'],
      ['3', undefined],
      ['4', '4:40'],
      ['5', undefined],
      ['6', undefined],
    ]);
    expect(await findings(tables, User, tableName)).to.deep.equal(NOTHING_WRONG);
  });

  it('skips an entity that no longer passes a filter on a property which the entries hold', async () => {
    const { users } = await staged(open);
    let calls = 0;
    const report = await users
      .by(User.byPlan, { tenant: 't', plan: 'paid' })
      .where('score', 'lt', 10)
      .merge(async () => {
        if (calls++ === 0) await users.merge({ tenant: 't', id: '2' }, { score: 20 });
        return { note: 'n' };
      });
    expect(report).to.deep.equal({ changed: 4, skipped: 1, failed: [] });
    expect((await users.get({ tenant: 't', id: '2' }))!.note).to.equal(undefined);
  });

  it('leaves out entries whose entity is gone', async () => {
    const { users, rows } = await staged(open);
    await rows.deleteAlone(MEMBERS[1]!);
    const report = await users
      .by(User.byPlan, { tenant: 't', plan: 'paid' })
      .filterOnClient(({ id }) => id < '3')
      .delete();
    expect(report).to.deep.equal({ changed: 2, skipped: 0, failed: [] });
    expect((await users.query({ tenant: 't' }).toArray()).map(({ id }) => id)).to.deep.equal(['3', '4', '5', '6']);
  });
});
