import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import type { Query } from '../../src/query/query.js';
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

  it('finds entities of several partitions with the same first values', async () => {
    const { users, requests } = await staged(open);
    const keys = ['t', 'u'].map((tenant) => ({ tenant, plan: 'paid' }));
    const found = await users.by(User.byPlan, keys).toArray();
    expect(found.map(plain)).to.deep.equal([BOB, DAN, ANN, OTHER].map(plain));
    expect(requestNames(requests).toSorted()).to.deep.equal(['get', 'get', 'get', 'get', 'scan', 'scan']);
    expect(() => users.by(User.byPlan, [{ tenant: 't', plan: 'paid' }, { tenant: 'u' }])).to.throw(
      'by takes keys of the index byPlan that differ only in their partition, not keys with different values of plan or joinedAt.',
    );
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

  it('selects properties that the entries hold in one request', async () => {
    const { users, requests } = await staged(open);
    const paid = users.by(User.byPlan, { tenant: 't', plan: 'paid' });
    expect(await paid.select('id', 'name', 'joinedAt', 'tenant').toArray()).to.deep.equal([
      { id: '2', name: 'Bob', joinedAt: month(3), tenant: 't' },
      { id: '4', name: 'Dan', joinedAt: month(2), tenant: 't' },
      { id: '1', name: 'Ann', joinedAt: month(1), tenant: 't' },
    ]);
    expect(requestNames(requests)).to.deep.equal(['scan']);
    const byEmail = users.by(User.byEmail, { tenant: 't', email: 'bob@x.org' });
    expect(await byEmail.select('id').toArray()).to.deep.equal([{ id: '2' }]);
    expect(requestNames(requests)).to.deep.equal(['scan', 'get']);
  });

  it('selects other properties from the entities', async () => {
    const { users, requests } = await staged(open);
    const paid = users.by(User.byPlan, { tenant: 't', plan: 'paid' });
    expect(await paid.select('id', 'note').toArray()).to.deep.equal([
      { id: '2', note: undefined },
      { id: '4', note: 'n' },
      { id: '1', note: undefined },
    ]);
    expect(requestNames(requests)).to.deep.equal(['scan', 'get', 'get', 'get']);
  });

  it('filters by what the entries hold, as ranges where it can', async () => {
    const { users, requests } = await staged(open);
    const all = users.by(User.byPlan, { tenant: 't' });
    const paid = users.by(User.byPlan, { tenant: 't', plan: 'paid' });
    const since = paid.where('joinedAt', 'ge', month(2));
    expect((await since.toArray()).map(({ id }) => id)).to.deep.equal(['2', '4']);
    expect((await all.where('plan', 'gt', 'free').toArray()).map(({ id }) => id)).to.deep.equal(['2', '4', '1']);
    const scored = all.where((u) => u.score.ge(2).and(u.name.startsWith('A')));
    expect((await scored.toArray()).map(({ id }) => id)).to.deep.equal(['1']);
    expect(requests.filter(({ kind }) => kind === 'scan').length).to.equal(3);
    expect(since.explain()).to.deep.equal({
      plan: 'row range',
      index: 'byPlan',
      requests: 1,
      comparisons: 3,
      filters: [
        "PartitionKey eq 't' and RowKey ge '~iuser|~byPlan paid ' and RowKey lt '~iuser|~byPlan paid 2516323967999999999!'",
      ],
      onClient: ['reads each entity by its key, 16 at once', 'leaves out entries that no longer hold'],
    });
    expect(scored.select('id').explain().onClient).to.deep.equal([]);
  });

  it('leaves out an entity whose entry holds another value of a property that is filtered by', async () => {
    const { users, rows } = await staged(open);
    await rows.replaceAlone(user('1', { ...ANN, score: 1 }), user('2', { ...BOB, name: 'Bo' }));
    const paid = users.by(User.byPlan, { tenant: 't', plan: 'paid' });
    const idsOf = (query: Query<User>): Promise<string[]> => query.toArray().then((all) => all.map(({ id }) => id));
    expect(await idsOf(paid.where('score', 'ge', 2))).to.deep.equal(['4']);
    expect(await idsOf(paid.where('score', 'eq', 1))).to.deep.equal(['2']);
    expect(await idsOf(paid.where('name', 'ne', 'Dan').where('score', 'lt', 9))).to.deep.equal([]);
    expect(await idsOf(paid)).to.deep.equal(['2', '4', '1']);
  });

  it('refuses to filter by what the entries do not hold', async () => {
    const { users } = await staged(open);
    const paid = users.by(User.byPlan, { tenant: 't', plan: 'paid' });
    expect(() => paid.where('note', 'eq', 'n')).to.throw(
      'The entries of the index byPlan of User do not hold "note", and where() tests entries. ' +
        'To find entities by it, add it to project of the index, or test the entities by filterOnClient(…).',
    );
    expect(() => paid.where('id', 'eq', '1')).to.throw(
      'To find entities by it, add it to on of the index, or test the entities by filterOnClient(…).',
    );
    expect(() => paid.where('joinedAt', 'ge', '2026-01-01' as never)).to.throw(
      '"ge" on User.joinedAt (Edm.DateTime) takes a valid Date from 1601-01-01 to 9999-12-31 (UTC), not string.',
    );
    expect(() => paid.where('noet' as never, 'eq', 'n' as never)).to.throw(
      'User has no stored property "noet". It has: tenant, id, email, plan, joinedAt, name, score, note.',
    );
  });

  it('refuses a range of a property that the index is not sorted by there', async () => {
    const { users } = await staged(open);
    const error = await rejection(users.by(User.byPlan, { tenant: 't' }).where('joinedAt', 'ge', month(2)).toArray());
    expect(error).to.include({
      code: 'query.not-expressible',
      message:
        'The index byPlan of User is sorted by plan, then by joinedAt, and no range of its entries says "ge" of ' +
        'joinedAt here. Give plan in the key, compare it by "eq" in the same conjunction, or add joinedAt to project of the index, too, so that each entry is tested.',
    });
    expect(() => users.by(User.byPlan, { tenant: 't' }).rawFilter("name eq 'Ann'")).to.throw(
      'rawFilter() would test the entries of the index byPlan of User, which are no entities. ' +
        'Say it with where(), or use it in query() and scan().',
    );
  });

  it('sorts by the index for nothing, and by anything else on the client', async () => {
    const { users, requests } = await staged(open);
    const paid = users.by(User.byPlan, { tenant: 't', plan: 'paid' });
    const names = async (query: Query<User>): Promise<readonly unknown[]> => {
      const found = await query.select('name').toArray();
      return found.map(({ name }) => name);
    };
    expect(await names(paid.orderBy('joinedAt', 'desc'))).to.deep.equal(['Bob', 'Dan', 'Ann']);
    expect(await names(paid.orderBy('plan').orderBy('joinedAt', 'desc'))).to.deep.equal(['Bob', 'Dan', 'Ann']);
    expect(await names(paid.orderBy('joinedAt'))).to.deep.equal(['Ann', 'Dan', 'Bob']);
    expect(await names(paid.orderBy('score', 'desc').take(2))).to.deep.equal(['Ann', 'Dan']);
    const all = users.by(User.byPlan, { tenant: 't' });
    expect(await names(all.orderBy('plan').orderBy('joinedAt', 'desc'))).to.deep.equal(['Cat', 'Bob', 'Dan', 'Ann']);
    expect(requestNames(requests)).to.deep.equal(['scan', 'scan', 'scan', 'scan', 'scan']);
    expect(await names(paid.orderBy('note'))).to.deep.equal(['Dan', 'Ann', 'Bob']);
    expect(await names(all.orderBy('tenant'))).to.deep.equal(['Ann', 'Bob', 'Cat', 'Dan']);
    expect(all.orderBy('plan').explain().onClient).to.deep.equal([
      'reads each entity by its key, 16 at once',
      'leaves out entries that no longer hold',
    ]);
    expect(paid.orderBy('email').select('name').explain().onClient).to.deep.equal([
      'reads each entity by its key, 16 at once',
      'leaves out entries that no longer hold',
      'reads every match and sorts by email asc',
    ]);
  });

  it('counts entries, and tells whether there is one', async () => {
    const { users, requests } = await staged(open);
    const paid = users.by(User.byPlan, { tenant: 't', plan: 'paid' });
    expect(await paid.count()).to.equal(3);
    expect(await paid.take(2).count()).to.equal(2);
    expect(await paid.exists()).to.equal(true);
    expect(await users.by(User.byEmail, { tenant: 't', email: 'no@x.org' }).exists()).to.equal(false);
    expect(requestNames(requests)).to.deep.equal(['scan', 'scan', 'scan', 'get']);
    expect(await paid.filterOnClient(({ score }) => score! > 1).count()).to.equal(2);
  });

  it('returns first, single, take and forEach as if entries that do not hold were not there', async () => {
    const { users, rows } = await staged(open);
    await rows.deleteAlone(BOB, DAN);
    const paid = users.by(User.byPlan, { tenant: 't', plan: 'paid' });
    expect(plain(await paid.first())).to.deep.equal(plain(ANN));
    expect(plain(await paid.firstOrThrow())).to.deep.equal(plain(ANN));
    expect(plain(await paid.single())).to.deep.equal(plain(ANN));
    expect((await paid.take(1).toArray()).map(plain)).to.deep.equal([plain(ANN)]);
    const handled: string[] = [];
    expect(await paid.forEach(({ id }) => handled.push(id), { concurrency: 2 })).to.equal(1);
    expect(handled).to.deep.equal(['1']);
    await rows.deleteAlone(ANN);
    expect(await paid.first()).to.equal(undefined);
    expect(await rejection(paid.single())).to.include({ code: 'query.no-result' });
  });

  it('continues pages across entries that do not hold', async () => {
    const { users, rows } = await staged(open);
    const many = Array.from({ length: 30 }, (_, n) => user(`m${n}`, { plan: 'many', joinedAt: month(1), score: n }));
    await rows.insert(...many);
    const gone = many.filter((_, n) => n % 3 !== 0);
    await rows.deleteAlone(...gone);
    const query = users.by(User.byPlan, { tenant: 't', plan: 'many' });
    const expected = many.filter((one) => !gone.includes(one)).map(({ id }) => id);
    const found: string[] = [];
    let continuation: string | undefined;
    do {
      const page = await query.page({ pageSize: 4, continuation });
      expect(page.items.length).to.be.within(page.continuation === undefined ? 0 : 1, 4);
      found.push(...page.items.map(({ id }) => id));
      ({ continuation } = page);
    } while (continuation !== undefined);
    expect(found).to.deep.equal(expected.toSorted());
    const pages: number[] = [];
    for await (const { items } of query.pageSize(4).take(7).pages()) pages.push(items.length);
    expect(pages.reduce((sum, length) => sum + length)).to.equal(7);
  });

  it('tests the entities by filterOnClient, and only those that still have their entry', async () => {
    const { users, rows } = await staged(open);
    await rows.replaceAlone(user('4', { ...DAN, plan: 'free' }));
    const seen: string[] = [];
    const found = await users
      .by(User.byPlan, { tenant: 't', plan: 'paid' })
      .filterOnClient((one) => (seen.push(one.id), one.email === 'ann@x.org'))
      .select('name')
      .toArray();
    expect(found).to.deep.equal([{ name: 'Ann' }]);
    expect(seen).to.deep.equal(['2', '1']);
  });
});
