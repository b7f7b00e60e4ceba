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

  it('runs again when another writer takes a unique value that the unit had looked for', async () => {
    const { tables } = await staged(open);
    const users = tables.repository(User);
    const work = async (id: string, rival?: User): Promise<string> => {
      const [found] = await users.by(User.byEmail, { tenant: 't', email: 'new@x.org' }).toArray();
      if (found !== undefined) return found.id;
      if (rival !== undefined) await tables.run(() => users.insert(rival), { nested: 'separate' });
      await users.insert(user(id, { email: 'new@x.org' }));
      return id;
    };
    let tries = 0;
    const rival = user('rival', { email: 'new@x.org' });
    const found = await tables.run(() => work('mine', tries++ === 0 ? rival : undefined), { maxRetries: 2 });
    expect([found, tries]).to.deep.equal(['rival', 2]);
    expect(await users.get({ tenant: 't', id: 'mine' })).to.equal(undefined);
  });

  it('does not run again for a unique value that the unit had not looked for', async () => {
    const { tables } = await staged(open);
    let tries = 0;
    const taken = tables.run(
      async () => {
        tries++;
        await tables.repository(User).insert(user('late', { email: 'ann@x.org' }));
      },
      { maxRetries: 2 },
    );
    expect(await rejection(taken)).to.include({ code: 'entity.not-unique' });
    expect(tries).to.equal(1);
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
