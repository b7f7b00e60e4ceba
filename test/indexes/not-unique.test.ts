import { expect } from 'chai';
import { inspect } from 'node:util';
import { defineEntity, EntitableError, index, type PartitionKey, type RowKey } from '../../src/index.js';
import { onEveryStore, rejection } from '../support/every-store.js';

class Member {
  static readonly byEmail = index({ on: ['email'], unique: true });
  static readonly byPhone = index({ partition: ['phone'], unique: true });
  tenant!: PartitionKey;
  id!: RowKey;
  email?: string;
  phone?: string;
}

defineEntity(Member, {
  table: 'Members',
  rowKey: 'member|{id}',
  properties: { tenant: 'PartitionKey', id: 'RowKey', email: 'String', phone: 'String' },
});

function member(id: string, values: Partial<Member>): Member {
  return Object.assign(new Member(), { tenant: 't', id, ...values });
}

onEveryStore('The error for a value that another entity has', (open) => {
  const SECRET = 'ann-secret-value';

  it('names the index, its properties and the owner, and contains the value nowhere', async () => {
    const { tables: db } = await open();
    const members = db.repository(Member);
    await members.insert(member('ann', { email: SECRET, phone: SECRET }));
    const byEmail = member('bob', { email: SECRET });
    const byPhone = member('bob', { phone: SECRET });
    const errors = [
      await rejection(members.insert(byEmail)),
      await rejection(members.insert(byPhone)),
      await rejection(db.unitOfWork((unit) => unit.insert(byEmail), { atomic: true })),
      (await members.insertMany([byEmail], { onError: 'collect' })).failed[0]!.error,
    ];
    for (const error of errors) {
      expect(EntitableError.is(error, 'entity.not-unique'), inspect(error)).to.equal(true);
      expect(inspect(error, { depth: 9, showHidden: true })).not.to.include(SECRET);
    }
    const [first, second] = errors as [EntitableError<'entity.not-unique'>, EntitableError<'entity.not-unique'>];
    expect(first.message).to.equal(
      'Another Member of this partition has the same email (index byEmail). Use other values, or change or delete that entity first.',
    );
    expect(first.details).to.deep.equal({
      className: 'Member',
      index: 'byEmail',
      properties: ['email'],
      owner: { partitionKey: 't', rowKey: 'member|ann' },
    });
    expect(second.message).to.equal(
      'Another Member has the same phone (index byPhone). Use other values, or change or delete that entity first.',
    );
    expect(await members.get({ tenant: 't', id: 'bob' })).to.equal(undefined);
  });
});

onEveryStore('The error for a value that is too long for the key of an entry', (open) => {
  it('names the index and the property', async () => {
    const { tables: db } = await open();
    const long = 'x'.repeat(600);
    const errors = [
      await rejection(db.repository(Member).insert(member('ann', { email: long }))),
      await rejection(db.repository(Member).insert(member('ann', { phone: long }))),
    ];
    const told = errors.map((error) => EntitableError.is(error, 'key.too-long') && [error.message, error.details]);
    const limits = (size: number): object => ({ size, limit: 1024 });
    expect(told).to.deep.equal([
      [
        'The RowKey of an entry of the index byEmail of Member has 1236 bytes in UTF-16; the store takes 1024. Shorten email.',
        { className: 'Member', key: 'RowKey', ...limits(1236), property: 'email' },
      ],
      [
        'The PartitionKey of an entry of the index byPhone of Member has 1200 bytes in UTF-16; the store takes 1024. Shorten phone.',
        { className: 'Member', key: 'PartitionKey', ...limits(1200), property: 'phone' },
      ],
    ]);
  });
});
