import { expect } from 'chai';
import {
  type DataSource,
  defineEntity,
  index,
  type PartitionKey,
  type Repository,
  type RowKey,
} from '../../src/index.js';
import { onEveryStore } from '../support/every-store.js';
import { RawRows } from './raw-rows.js';

class Member {
  static readonly byEmail = index({ on: ['email'], unique: true });
  static readonly byPlan = index({ on: ['plan'] });
  static readonly byPhone = index({ partition: ['phone'], unique: true });
  tenant!: PartitionKey;
  id!: RowKey;
  email?: string;
  plan?: string;
  phone?: string;
}

defineEntity(Member, {
  table: 'Members',
  rowKey: 'member|{id}',
  properties: { tenant: 'PartitionKey', id: 'RowKey', email: 'String', plan: 'String', phone: 'String' },
});

const keyOf = (id: string) => ({ tenant: 't', id });

/** Keys that no row can have, or no member. The row `other|1` exists, and has the same e-mail address. */
const IMPOSSIBLE: Readonly<Record<string, string>> = {
  'a character that keys must not have': 'member|a/b',
  'a control character': 'member|\u0001',
  'more characters than a key': `member|${'x'.repeat(600)}`,
  'the key of another class': 'other|1',
  'the key of an entry': '~imember|~byEmail ann@x',
};

onEveryStore('An entry of another program', (open) => {
  let db: DataSource;
  let members: Repository<Member>;
  let raw: RawRows;
  let apart: RawRows;

  beforeEach(async () => {
    const opened = await open();
    db = opened.tables;
    members = db.repository(Member);
    raw = new RawRows(opened, 'Members');
    apart = new RawRows(opened, 'MembersByPhone');
    await db.tables.ensure([Member]);
    await raw.put('t', 'other|1', { email: 'ann@x', plan: 'paid', phone: '1' });
  });

  for (const [what, owner] of Object.entries(IMPOSSIBLE)) {
    it(`that names ${what} as that of its entity is none to any verb`, async () => {
      await raw.put('t', '~imember|~byEmail ann@x', { _row: owner });
      await apart.put('1', '~', { _partition: 't', _row: owner });
      expect(await members.getBy(Member.byEmail, { tenant: 't', email: 'ann@x' })).to.equal(undefined);
      expect(await members.getBy(Member.byPhone, { phone: '1' })).to.equal(undefined);
      expect(await members.by(Member.byEmail, { tenant: 't' }).toArray()).to.deep.equal([]);
      expect((await members.by(Member.byEmail, { tenant: 't' }).delete()).changed).to.equal(0);
      const { missing, stale } = await db.tables.indexes(Member).verify();
      expect({ missing, stale }).to.deep.equal({ missing: 0, stale: 1 }); // the other entry is younger than its grace
      await members.insert(Object.assign(new Member(), { ...keyOf('1'), email: 'ann@x' }));
      expect((await members.getBy(Member.byEmail, { tenant: 't', email: 'ann@x' }))?.id).to.equal('1');
    });
  }

  it('whose key names such a key as that of its entity is none to any verb', async () => {
    await raw.put('t', '~imember|~byPlan paid member|~2F', {});
    await raw.put('t', '~imember|~byPlan paid other|1', {});
    expect(await members.by(Member.byPlan, { tenant: 't', plan: 'paid' }).toArray()).to.deep.equal([]);
    expect((await members.by(Member.byPlan, { tenant: 't' }).merge({ plan: 'free' })).changed).to.equal(0);
    expect((await db.tables.indexes(Member).rebuild()).deleted).to.equal(2);
  });
});
