import { expect } from 'chai';
import { onEveryStore, rejection, type Open } from '../support/every-store.js';
import { indexedRows } from './indexed-rows.js';
import { month, user, User } from './user.js';

const [ANN, BOB, CAT] = ['ann', 'bob', 'cat'].map((id, n) =>
  user(id, { plan: 'paid', joinedAt: month(1 + n), email: `${id}@x.org`, score: n }),
) as [User, User, User];

onEveryStore('reading by an index in a unit of work', (open) => {
  it('returns the entities that the unit tracks, and writes their changes', async () => {
    const { tables } = await staged(open);
    await tables.unitOfWork(async (unit) => {
      const users = unit.repository(User);
      const ann = await users.getBy(User.byEmail, { tenant: 't', email: 'ann@x.org' });
      ann!.note = 'in the unit';
      const [, , again] = await users.by(User.byPlan, { tenant: 't', plan: 'paid' }).toArray();
      expect(again).to.equal(ann);
      expect(again!.note).to.equal('in the unit');
      expect(await users.get({ tenant: 't', id: 'ann' })).to.equal(ann);
      const fresh = await users.getBy(User.byEmail, { tenant: 't', email: 'ann@x.org' }, { refresh: true });
      expect(fresh).to.equal(ann);
      expect(ann!.note).to.equal(undefined);
      ann!.note = 'kept';
    });
    expect((await tables.repository(User).get({ tenant: 't', id: 'ann' }))!.note).to.equal('kept');
  });

  it('leaves out the entities that the unit deletes', async () => {
    const { tables } = await staged(open);
    await tables.unitOfWork(async (unit) => {
      const users = unit.repository(User);
      await users.delete({ tenant: 't', id: 'bob' });
      const paid = users.by(User.byPlan, { tenant: 't', plan: 'paid' });
      expect((await paid.toArray()).map(({ id }) => id)).to.deep.equal(['cat', 'ann']);
      expect(await paid.select('id').toArray()).to.deep.equal([{ id: 'cat' }, { id: 'ann' }]);
      expect(await paid.count()).to.equal(2);
      expect(await users.getBy(User.byEmail, { tenant: 't', email: 'bob@x.org' })).to.equal(undefined);
      expect(await rejection(paid.delete())).to.include({ code: 'commit.not-in-unit' });
      expect(await rejection(paid.merge({ note: 'n' }))).to.include({ code: 'commit.not-in-unit' });
    });
    expect(await tables.repository(User).query({ tenant: 't' }).count()).to.equal(2);
  });

  it('works by the repositories of the data source within run, and is reported as getBy', async () => {
    const verbs: unknown[] = [];
    const { tables } = await staged(open, { onVerb: ({ verb, className }) => verbs.push([verb, className]) });
    const users = tables.repository(User);
    await tables.run(async () => {
      const ann = await users.getByOrThrow(User.byEmail, { tenant: 't', email: 'ann@x.org' });
      ann.note = 'run';
    });
    await users.getBy(User.byEmail, { tenant: 't', email: 'ann@x.org' });
    expect((await users.by(User.byEmail, { tenant: 't', email: 'ann@x.org' }).toArray())[0]!.note).to.equal('run');
    expect(verbs).to.deep.equal([
      ['getBy', 'User'],
      ['commit', undefined],
      ['getBy', 'User'],
      ['query.toArray', 'User'],
    ]);
  });
});

async function staged(open: Open, options?: Parameters<Open>[0]) {
  const opened = await open(options);
  await (await indexedRows(User, opened)).insert(ANN, BOB, CAT);
  return opened;
}
