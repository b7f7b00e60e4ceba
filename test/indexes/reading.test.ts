import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import type { Repository } from '../../src/repository/repository.js';
import { recordingStore, requestNames, type RecordedRequest } from '../../src/testing/recording-store.js';
import { onEveryStore, rejection, type Open, type Opened } from '../support/every-store.js';
import { indexedRows, type IndexedRows } from './indexed-rows.js';
import { month, user, User } from './user.js';

interface Stage extends Opened {
  readonly users: Repository<User>;
  readonly rows: IndexedRows<User>;
  /** The requests since the test began, or since they were cleared. */
  readonly requests: RecordedRequest[];
}

const ANN = user('1', { email: 'ann@x.org', plan: 'paid', joinedAt: month(1), name: 'Ann', score: 3 });
const BOB = user('2', { email: 'bob@x.org', plan: 'paid', joinedAt: month(3), name: 'Bob', score: 1 });
const CAT = user('3', { email: 'cat@x.org', plan: 'free', joinedAt: month(2), name: 'Cat' });
const DAN = user('4', { email: 'dan@x.org', plan: 'paid', joinedAt: month(2), name: 'Dan', score: 2, note: 'n' });
const EVE = user('5', { name: 'Eve' });
const OTHER = Object.assign(user('1', { email: 'ann@x.org', plan: 'paid', joinedAt: month(5) }), { tenant: 'u' });

/** Stores six users of two tenants, of which one has no entry. */
async function staged(open: Open): Promise<Stage> {
  const opened = await open();
  const { store, tableName } = opened;
  const rows = await indexedRows(User, opened);
  await rows.insert(ANN, BOB, CAT, DAN, EVE, OTHER);
  const recording = recordingStore(store);
  const { requests } = recording;
  const users = (await DataSource.open(recording.store, { tableName })).repository(User);
  return { ...opened, users, rows, requests };
}

const plain = (found: object | undefined): object | undefined => found && { ...found };

onEveryStore('reading by an index', (open) => {
  it('returns the entities with the first values of the index, in its order', async () => {
    const { users, requests } = await staged(open);
    const found = await users.by(User.byPlan, { tenant: 't', plan: 'paid' }).toArray();
    expect(found.map(plain)).to.deep.equal([BOB, DAN, ANN].map(plain));
    expect(found.every((one) => one instanceof User)).to.equal(true);
    expect(requestNames(requests)).to.deep.equal(['scan', 'get', 'get', 'get']);
  });

  it('reads all entries of a partition when no value is given, and one when all are', async () => {
    const { users } = await staged(open);
    const all = await users.by(User.byPlan, { tenant: 't' }).toArray();
    expect(all.map(({ id }) => id)).to.deep.equal(['3', '2', '4', '1']);
    const one = await users.by(User.byPlan, { tenant: 't', plan: 'paid', joinedAt: month(2) }).toArray();
    expect(one.map(plain)).to.deep.equal([plain(DAN)]);
  });

  it('returns an entity that can be saved', async () => {
    const { users } = await staged(open);
    const [bob] = await users.by(User.byPlan, { tenant: 't', plan: 'paid' }).take(1).toArray();
    bob!.note = 'called';
    await users.save(bob!);
    expect(await users.get({ tenant: 't', id: '2' })).to.deep.equal(Object.assign(user('2', BOB), { note: 'called' }));
  });

  it('finds the entity of a unique index in two requests', async () => {
    const { users, requests } = await staged(open);
    const found = await users.getBy(User.byEmail, { tenant: 't', email: 'bob@x.org' });
    expect(plain(found)).to.deep.equal(plain(BOB));
    expect(requestNames(requests)).to.deep.equal(['get', 'get']);
    expect(await users.getBy(User.byEmail, { tenant: 't', email: 'no@x.org' })).to.equal(undefined);
    expect(requestNames(requests)).to.deep.equal(['get', 'get', 'get']);
    expect(await users.getBy(User.byEmail, { tenant: 't', email: 'x'.repeat(2000) })).to.equal(undefined);
    expect(requestNames(requests)).to.deep.equal(['get', 'get', 'get']);
  });

  it('throws without the values when getByOrThrow finds no entity', async () => {
    const { users } = await staged(open);
    expect(plain(await users.getByOrThrow(User.byEmail, { tenant: 't', email: 'bob@x.org' }))).to.deep.equal(
      plain(BOB),
    );
    const error = await rejection(users.getByOrThrow(User.byEmail, { tenant: 't', email: 'no@x.org' }));
    expect(error).to.include({
      code: 'store.not-found',
      message: 'No User has this email (index byEmail). Use getBy() where that is expected.',
    });
  });

  it('leaves out an entry whose entity is gone or has other values now', async () => {
    const { users, rows } = await staged(open);
    await rows.deleteAlone(BOB);
    await rows.replaceAlone(user('4', { ...DAN, plan: 'free' }), user('1', { ...ANN, email: 'ann@y.org' }));
    const found = await users.by(User.byPlan, { tenant: 't', plan: 'paid' }).toArray();
    expect(found.map(({ id, email }) => ({ id, email }))).to.deep.equal([{ id: '1', email: 'ann@y.org' }]);
    expect(await users.getBy(User.byEmail, { tenant: 't', email: 'ann@x.org' })).to.equal(undefined);
    expect(await users.by(User.byEmail, { tenant: 't', email: 'bob@x.org' }).toArray()).to.deep.equal([]);
  });
});
