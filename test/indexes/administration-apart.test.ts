import { expect } from 'chai';
import { EntitableError, Entity, PartitionKey, Property, RowKey, type IndexFailure } from '../../src/index.js';
import { onEveryStore } from '../support/every-store.js';
import { Member, member } from './members.js';
import { RawRows } from './raw-rows.js';

const HOUR = 3_600_000;

/** The members as a class that declares no index. */
@Entity({ table: 'Members', rowKey: 'member|{id}' })
class Unindexed {
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) email?: string | undefined;
  @Property({ type: 'String' }) country?: string | undefined;
  @Property({ type: 'String' }) city?: string | undefined;
  @Property({ type: 'String' }) name?: string | undefined;
}

onEveryStore('The administration of indexes with partitions of their own', (open, store) => {
  it('finds and mends entries that are missing, and stale ones once they are older than the grace period', async () => {
    let now = Date.now;
    const opened = await open({ clock: () => now() });
    const { tables: db } = opened;
    const members = db.repository(Member);
    for (const id of ['1', '2', '3', '4']) {
      await members.insert(member(id, { email: `${id}@x`, country: 'NZ', city: `c${id}`, name: 'Ann' }));
    }
    const emails = new RawRows(opened, 'MembersByEmail');
    const countries = new RawRows(opened, 'MembersByCountry');
    await emails.delete('1@x', '~');
    await emails.put('9@x', '~', { _row: 'member|9', _partition: 't' });
    await countries.delete('NZ', 'c2 t member|2');
    await countries.put('NZ', 'c3 t member|9', {});
    await new RawRows(opened, 'Members').merge('t', 'member|4', { name: 'Bob' });
    const indexes = db.tables.indexes(Member);
    const young = await indexes.verify();
    expect(young).to.deep.include({ entities: 4, entries: 8, missing: 2, stale: 0, refused: 0 });
    now = () => Date.now() + HOUR;
    const found = await indexes.verify();
    const key = (rowKey: string) => ({ partitionKey: 't', rowKey });
    expect(found).to.deep.include({ entities: 4, entries: 8, missing: 2, stale: 3, refused: 0 });
    expect(found.sample).to.have.deep.members([
      { kind: 'missing', index: 'byEmail', ...key('member|1') },
      { kind: 'missing', index: 'byCountry', ...key('member|2') },
      { kind: 'stale', index: 'byEmail', ...key('member|9') },
      { kind: 'stale', index: 'byCountry', ...key('member|9') },
      { kind: 'stale', index: 'byCountry', ...key('member|4') },
    ]);
    expect(await indexes.rebuild()).to.deep.equal({ entities: 4, entries: 8, written: 3, deleted: 2, failed: [] });
    const right = { entities: 4, entries: 8, missing: 0, stale: 0, refused: 0, sample: [] };
    expect(await indexes.verify()).to.deep.equal(right);
  });

  it('builds them for a table in use, without their tables, and reports values that are not unique', async () => {
    const { tables: db, tableName } = await open();
    const count = store === 'azurite' ? 12 : 60;
    const all = Array.from({ length: count }, (_, n) =>
      Object.assign(new Unindexed(), {
        tenant: `t${n % 3}`,
        id: `${n}`,
        email: `${n === 7 ? 5 : n}@x`,
        country: 'NZ',
        city: 'c',
      }),
    );
    await db.repository(Unindexed).insertMany(all);
    const indexes = db.tables.indexes(Member);
    expect(await indexes.verify({ sample: 0 })).to.deep.include({ entities: count, entries: 0, missing: 2 * count });
    const { failed, ...report } = await indexes.rebuild();
    expect(report).to.deep.equal({ entities: count, entries: 0, written: 2 * count - 1, deleted: 0 });
    const [{ error, ...failure }] = failed as [IndexFailure];
    const rivals = [
      { partitionKey: 't2', rowKey: 'member|5' },
      { partitionKey: 't1', rowKey: 'member|7' },
    ];
    const [loser, owner] = failure.rowKey === 'member|5' ? rivals : rivals.toReversed();
    expect(failure).to.deep.equal({ ...loser, indexes: ['byEmail'] });
    expect(EntitableError.is(error, 'entity.not-unique') && error.details.owner).to.deep.equal(owner);
    expect(await indexes.drop('byCountry')).to.deep.equal({ table: tableName('MembersByCountry') });
    expect(await db.tables.exists(tableName('MembersByCountry'))).to.equal(false);
    expect(await indexes.verify()).to.deep.include({ entries: count - 1, missing: count + 1, stale: 0 });
  });
});
