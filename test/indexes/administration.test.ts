import { expect } from 'chai';
import {
  EntitableError,
  index,
  Entity,
  PartitionKey,
  Property,
  RowKey,
  type IndexFailure,
  type IndexFinding,
  type RebuildIndexesProgress,
  type TruncateProgress,
  type VerifyIndexesProgress,
} from '../../src/index.js';
import { onEveryStore, rejection, type Opened } from '../support/every-store.js';
import { rowsOf } from '../administration/table-rows.js';
import { Member } from './members.js';
import { RawRows } from './raw-rows.js';
import { findings, User } from './users.js';

/** The users as a class that declares no index. */
@Entity({ table: 'Users', rowKey: 'user|{id}' })
class Unindexed {
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) email?: string | undefined;
  @Property({ type: 'Int32' }) score?: number | undefined;
}

/** A class whose row keys do not begin with a literal text, in the table of another one. */
@Entity({ table: 'Users', rowKey: '{id}' })
class Anyone {
  static readonly byEmail = index({ on: ['email'], unique: true });
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) email?: string | undefined;
}

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
    const raw = await disturbed(opened);
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
        { kind: 'stale', index: 'byScore', partitionKey: 't', code: undefined },
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

  it('refuses an index that the class does not declare, and a class without indexes', async () => {
    const { tables: db } = await open();
    const name = await rejection(db.tables.indexes(User).verify({ index: 'byMail' }));
    expect(name).to.have.property('code', 'validation.invalid-option');
    expect(name).to.have.property(
      'message',
      'index takes the name of an index of User (byEmail, byPlan, byScore), not another value.',
    );
    const none = await rejection(db.tables.indexes(Unindexed).rebuild());
    expect(none).to.have.property('message', 'indexes takes a class with indexes, not Unindexed, which has none.');
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

/** Removes, forges and adds entries, and changes entities, as another program could. */
async function disturbed(opened: Opened): Promise<RawRows> {
  const raw = new RawRows(opened, 'Users');
  await raw.delete('t', '~iuser|~byEmail 0@x');
  await raw.put('t', '~iuser|~byEmail gone@x', { _row: 'user|9' });
  await raw.put('t', '~iuser|~byScore nonsense', {});
  await raw.put('s', '~iuser|~byEmail 1@x', { _row: 'user|3' });
  await raw.merge('t', 'user|4', { score: 40 });
  await raw.merge('s', 'user|5', { name: 'Bob' });
  return raw;
}

function order({ kind, index: name, partitionKey, rowKey = '' }: IndexFinding): string {
  return [kind, name, partitionKey, rowKey].join(' ');
}

onEveryStore('Rebuilding indexes', (open, store) => {
  it('writes what is missing, mends and deletes what is stale, and does nothing else', async () => {
    const opened = await open();
    await filled(opened);
    await disturbed(opened);
    const before = await etags(opened);
    const seen: RebuildIndexesProgress[] = [];
    const indexes = opened.tables.tables.indexes(User);
    const report = await indexes.rebuild({ onProgress: (progress) => seen.push(progress) });
    expect(report).to.deep.equal({ entities: 6, entries: 19, written: 4, deleted: 4, failed: [] });
    expect(seen.at(-1)).to.deep.equal({ entities: 6, entries: 19, written: 4, deleted: 4, failed: 0 });
    expect(await indexes.verify()).to.deep.equal(RIGHT);
    const after = await etags(opened);
    const changed = [...after].filter(([id, etag]) => before.get(id) !== etag).map(([id]) => id);
    expect(changed.toSorted()).to.deep.equal(['s 1', 's 5', 't 0', 't 4']);
    expect(await indexes.rebuild()).to.deep.equal({ entities: 6, entries: 18, written: 0, deleted: 0, failed: [] });
    expect(await etags(opened)).to.deep.equal(after);
  });

  it('builds indexes for a table that was written before they were declared, and reports values that are not unique', async () => {
    const opened = await open();
    const { tables: db } = opened;
    const before = Array.from({ length: 250 }, (_, n) =>
      Object.assign(new Unindexed(), { tenant: 't', id: `${n}`, email: `${n === 7 ? 5 : n}@x`, score: n }),
    );
    await db.repository(Unindexed).insertMany(before);
    const indexes = db.tables.indexes(User);
    const { sample, ...counts } = await indexes.verify({ sample: 1 });
    expect({ ...counts, sample: sample.length }).to.deep.equal({
      entities: 250,
      entries: 0,
      missing: 500,
      stale: 0,
      refused: 0,
      sample: 1,
    });
    const { failed, ...report } = await indexes.rebuild();
    expect(report).to.deep.equal({ entities: 250, entries: 0, written: 499, deleted: 0 });
    expect(failed).to.have.length(1);
    const [{ error, ...failure }] = failed as [IndexFailure];
    const rivals = ['user|5', 'user|7'];
    const [loser, owner] = failure.rowKey === 'user|5' ? rivals : rivals.toReversed();
    expect(failure).to.deep.equal({ partitionKey: 't', rowKey: loser, indexes: ['byEmail'] });
    expect(error).to.have.property(
      'message',
      'Another User of this partition has the same email (index byEmail). Use other values, or change or delete that entity first.',
    );
    expect(error).to.have.property('code', 'entity.not-unique');
    expect(error)
      .to.have.property('details')
      .that.deep.includes({ className: 'User', index: 'byEmail', owner: { partitionKey: 't', rowKey: owner } });
    await db.repository(Unindexed).merge({ tenant: 't', id: loser!.slice(5) }, { email: 'other@x' });
    expect(await indexes.rebuild()).to.deep.include({ written: 1, deleted: 0, failed: [] });
    expect(await indexes.verify()).to.deep.include({ missing: 0, stale: 0 });
  });

  it('is right afterwards while the library writes', async function () {
    this.timeout(120_000);
    const opened = await open();
    const { tables: db } = opened;
    const count = store === 'azurite' ? 100 : 1000;
    const old = Array.from({ length: count }, (_, n) =>
      Object.assign(new Unindexed(), { tenant: `t${n % 3}`, id: `${n}`, email: `${n}@x`, score: n % 10 }),
    );
    await db.repository(Unindexed).insertMany(old);
    const users = db.repository(User);
    let stop = false;
    const writers = [0, 1, 2].map(async (writer) => {
      for (let turn = 0; !stop; turn++) {
        const n = (turn * 7 + writer * 31) % (count + 20);
        const key = { tenant: `t${n % 3}`, id: `${n}` };
        const made = Object.assign(new User(), key, { email: `${writer} ${turn}@x`, score: turn % 9, note: 'n' });
        if (turn % 5 === 0) await users.delete(key, { missing: 'ignore' });
        else if (turn % 5 === 1) await users.upsert(made);
        else if (turn % 5 === 2) await users.merge(key, { note: `${turn}` }).catch(unlessMissing);
        else await users.merge(key, { score: turn }).catch(unlessMissing);
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    });
    const { failed } = await db.tables.indexes(User).rebuild();
    stop = true;
    await Promise.all(writers);
    expect(failed).to.deep.equal([]);
    expect(await db.tables.indexes(User).verify()).to.deep.include({ missing: 0, stale: 0, sample: [] });
    expect(await findings(db, User, opened.tableName)).to.deep.equal({ missing: [], surplus: [] });
  });

  it('can be stopped by its signal, and repeated', async () => {
    const opened = await open();
    const { tables: db } = opened;
    const old = Array.from({ length: 200 }, (_, n) =>
      Object.assign(new Unindexed(), { tenant: `t${n % 2}`, id: `${n}`, email: `${n}@x` }),
    );
    await db.repository(Unindexed).insertMany(old);
    const stop = new AbortController();
    const indexes = db.tables.indexes(User);
    const onProgress = ({ written }: RebuildIndexesProgress): void => void (written > 0 && stop.abort());
    const error = await rejection(indexes.rebuild({ signal: stop.signal, concurrency: 1, onProgress }));
    expect(error).to.have.property('code', 'store.aborted');
    const { missing } = await indexes.verify();
    expect(missing).to.be.within(1, 199);
    expect(await indexes.rebuild()).to.deep.include({ written: missing, deleted: 0, failed: [] });
    expect(await indexes.verify()).to.deep.include({ missing: 0, stale: 0 });
  });

  it('drops the entries of one index, declared or not', async () => {
    const opened = await open();
    await filled(opened);
    const { tables: db } = opened;
    const raw = new RawRows(opened, 'Users');
    await raw.put('t', '~iuser|~by 0@x', { _row: 'user|0' });
    await raw.put('t', '~iuser|~byOld 0 user|0', {});
    await raw.put('s', '~iuser|~byOld 0 user|0', {});
    const indexes = db.tables.indexes(User);
    expect(await indexes.drop('byOld')).to.deep.equal({ entries: 2 });
    expect(await indexes.drop('by')).to.deep.equal({ entries: 1 });
    expect(await indexes.drop('byScore')).to.deep.equal({ entries: 6 });
    const { sample, ...counts } = await indexes.verify();
    expect(counts).to.deep.equal({ entities: 6, entries: 12, missing: 6, stale: 0, refused: 0 });
    expect(new Set(sample.map((finding) => finding.index))).to.deep.equal(new Set(['byScore']));
    expect(await rejection(indexes.drop('by email'))).to.have.property('code', 'validation.invalid-option');
  });
});

function unlessMissing(error: unknown): void {
  if (!EntitableError.is(error, 'store.not-found')) throw error;
}

async function etags({ tables }: Opened): Promise<ReadonlyMap<string, string>> {
  const users: User[] = [];
  for (const tenant of ['s', 't']) users.push(...(await tables.repository(User).query({ tenant }).toArray()));
  return new Map(users.map(({ tenant, id, etag }) => [`${tenant} ${id}`, etag!]));
}

onEveryStore('Tables with entries of indexes', (open) => {
  it('truncate with a class deletes its entities with their entries, and those of no entity', async () => {
    const opened = await open();
    const { tables: db, store, tableName } = opened;
    await filled(opened);
    const raw = new RawRows(opened, 'Users');
    await raw.put('t', '~iuser|~byEmail gone@x', { _row: 'user|9' });
    await raw.put('t', '~iguest|~byEmail a@x', { _row: 'guest|1' });
    await raw.put('t', 'guest|1', { email: 'a@x' });
    const seen: number[] = [];
    const onProgress = ({ deleted }: TruncateProgress): void => void seen.push(deleted);
    expect(await db.tables.truncate(User, { onProgress })).to.deep.equal({ deleted: 6 });
    expect(seen.at(-1)).to.equal(6);
    const left = (await rowsOf(store, tableName('Users'))).map(({ rowKey }) => rowKey);
    expect(left).to.deep.equal(['guest|1', '~iguest|~byEmail a@x']);
    expect(await db.tables.truncate(tableName('Users'))).to.deep.equal({ deleted: 2 });
  });

  it('truncate, verify and rebuild tell entries from the entities of a class without a literal text', async () => {
    const { tables: db, store, tableName } = await open();
    const all = ['a', 'z', '~', '~i'].map((id) =>
      Object.assign(new Anyone(), { tenant: 't', id, email: `${id.length}${id}@x` }),
    );
    await db.repository(Anyone).insertMany(all);
    const indexes = db.tables.indexes(Anyone);
    const right = { entities: 4, entries: 4, missing: 0, stale: 0, refused: 0, sample: [] };
    expect(await indexes.verify()).to.deep.equal(right);
    expect(await indexes.drop('byEmail')).to.deep.equal({ entries: 4 });
    expect(await indexes.rebuild()).to.deep.include({ entities: 4, entries: 0, written: 4 });
    expect(await db.tables.describe(Anyone)).to.deep.include({ rows: 4, complete: true });
    expect(await db.tables.truncate(Anyone)).to.deep.equal({ deleted: 4 });
    expect(await rowsOf(store, tableName('Users'))).to.deep.equal([]);
  });

  it('describe leaves out entries, and counts them', async () => {
    const opened = await open();
    await filled(opened);
    const { tables } = opened.tables;
    const byName = await tables.describe(opened.tableName('Users'));
    expect(byName).to.deep.include({ rows: 6, entries: 18, complete: true, partitions: 2 });
    const { entries, ...rest } = byName;
    expect(entries).to.equal(18);
    expect(await tables.describe(User)).to.deep.equal(rest);
    expect(rest.properties.map(({ name }) => name)).to.deep.equal([
      'active',
      'email',
      'joined',
      'name',
      'plan',
      'score',
    ]);
  });

  it('ensure creates the tables of indexes as well', async () => {
    const { tables: db, tableName } = await open();
    const names = ['Members', 'MembersByCountry', 'MembersByEmail'].map(tableName).toSorted();
    expect(await db.tables.ensure([Member])).to.deep.equal(names);
    expect(await db.tables.ensure([Member])).to.deep.equal([]);
  });
});
