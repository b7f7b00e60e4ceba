import { expect } from 'chai';
import { DataSource, Entity, index, PartitionKey, Property, RowKey } from '../../src/index.js';
import { onEveryStore } from '../support/every-store.js';
import { Member, member } from './members.js';
import { RawRows } from './raw-rows.js';
import { User } from './users.js';

/** The users of another table, with other indexes. */
@Entity({ table: 'Persons', rowKey: 'user|{id}' })
class Person {
  static readonly byName = index({ on: ['name', 'score'], unique: true });
  static readonly byEmail = index({ on: ['email'], project: ['note'] });
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) email?: string | undefined;
  @Property({ type: 'Int32' }) score?: number | undefined;
  @Property({ type: 'String' }) name?: string | undefined;
  @Property({ type: 'String' }) note?: string | undefined;
}

/** The users of another table, with the indexes of `User`. */
@Entity({ table: 'Copies', rowKey: 'user|{id}' })
class Copied extends User {}

function users(count: number): User[] {
  return Array.from({ length: count }, (_, n) =>
    Object.assign(new User(), { tenant: `t${n % 2}`, id: `${n}`, email: `${n}@x`, score: n, name: `n${n}`, note: 'a' }),
  );
}

onEveryStore('Copying entities with indexes', (open) => {
  it('makes the entries anew, for a target class with other indexes and rows of its own', async () => {
    const { tables: db } = await open();
    await db.repository(User).insertMany(users(120));
    const before = [
      Object.assign(new Person(), { tenant: 't0', id: '4', name: 'old', score: 1, email: 'old@x', note: 'old' }),
      Object.assign(new Person(), { tenant: 't0', id: 'other', name: 'n5', score: 1, email: '5@x' }),
    ];
    await db.repository(Person).insertMany(before);
    expect(await db.tables.copy(User, Person)).to.deep.equal({ read: 120, copied: 120, skipped: 0, failed: [] });
    const right = { entities: 121, entries: 242, missing: 0, stale: 0, refused: 0, sample: [] };
    expect(await db.tables.indexes(Person).verify()).to.deep.equal(right);
    expect(await db.tables.copy(User, Person, { existing: 'merge' })).to.deep.include({ copied: 120 });
    expect(await db.tables.copy(User, Person, { existing: 'keep' })).to.deep.include({ copied: 0, skipped: 120 });
    expect(await db.tables.indexes(Person).verify()).to.deep.equal(right);
    const found = await db.repository(Person).getBy(Person.byName, { tenant: 't0', name: 'n4', score: 4 });
    expect({ ...found }).to.deep.equal({ tenant: 't0', id: '4', email: '4@x', score: 4, name: 'n4', note: 'a' });
  });

  it('reports rows whose values are not unique in the target, and writes nothing of them', async () => {
    const { tables: db } = await open();
    await db.repository(User).insertMany(users(6));
    const rival = Object.assign(new Person(), { tenant: 't0', id: 'rival', name: 'n2', score: 2 });
    await db.repository(Person).insert(rival);
    const { failed, ...counts } = await db.tables.copy(User, Person, { onError: 'collect' });
    expect(counts).to.deep.equal({ read: 6, copied: 5, skipped: 0 });
    expect(failed.map(({ item }) => item.rowKey)).to.deep.equal(['user|2']);
    expect(failed[0]!.error).to.have.property('code', 'entity.not-unique');
    expect(await db.repository(Person).exists({ tenant: 't0', id: '2' })).to.equal(false);
    expect(await db.tables.indexes(Person).verify()).to.deep.include({ entities: 6, missing: 0, stale: 0 });
  });

  it('makes the entries of the copied class in a table that is given by its name', async () => {
    const { tables: db, tableName } = await open();
    await db.repository(User).insertMany(users(6));
    await db.tables.copy(User, tableName('Copies'), {
      transform: (row) => ({ ...row, properties: { ...row.properties, plan: { type: 'String', value: 'p' } } }),
    });
    expect(await db.tables.indexes(Copied).verify()).to.deep.include({
      entities: 6,
      entries: 12,
      missing: 0,
      stale: 0,
    });
    expect(await db.repository(Copied).getBy(Copied.byEmail, { tenant: 't0', email: '2@x' })).to.have.property(
      'plan',
      'p',
    );
  });

  it('leaves out the entries of a table that is given by its name, and copies the rows of other classes', async () => {
    const opened = await open();
    const { tables: db, tableName } = opened;
    await db.repository(User).insertMany(users(6));
    await new RawRows(opened, 'Users').put('t0', 'guest|1', { name: 'Guest' });
    const report = await db.tables.copy(tableName('Users'), Person);
    expect(report).to.deep.equal({ read: 19, copied: 7, skipped: 12, failed: [] });
    expect(await db.tables.indexes(Person).verify()).to.deep.include({
      entities: 6,
      entries: 12,
      missing: 0,
      stale: 0,
    });
    expect(await db.tables.describe(tableName('Persons'))).to.deep.include({ rows: 7, entries: 12 });
  });

  it('copies a table by names exactly, with the entries', async () => {
    const { tables: db, tableName } = await open();
    await db.repository(User).insertMany(users(6));
    const report = await db.tables.copy(tableName('Users'), tableName('Copies'));
    expect(report).to.deep.equal({ read: 18, copied: 18, skipped: 0, failed: [] });
    expect(await db.tables.indexes(Copied).verify()).to.deep.include({
      entities: 6,
      entries: 12,
      missing: 0,
      stale: 0,
    });
  });

  it('makes the entries of indexes with tables of their own in another data source', async () => {
    const { tables: db } = await open();
    const all = ['1', '2', '3'].map((id) => member(id, { email: `${id}@x`, country: 'NZ', city: 'c', name: id }));
    await db.repository(Member).insertMany(all);
    await using other = await DataSource.open('memory:');
    await other.repository(Member).insert(member('2', { email: 'old@x', country: 'AU', city: 'c' }));
    await db.tables.copy(Member, { dataSource: other, table: Member });
    expect(await other.tables.indexes(Member).verify()).to.deep.include({
      entities: 3,
      entries: 6,
      missing: 0,
      stale: 0,
    });
    const found = await other.repository(Member).getBy(Member.byEmail, { email: '2@x' });
    expect(found).to.have.property('country', 'NZ');
  });
});
