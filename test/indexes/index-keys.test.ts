import { expect } from 'chai';
import { DataSource, Entity, EntitableError, index, PartitionKey, RowKey } from '../../src/index.js';
import { month, User } from './user.js';

/** A class without indexes. */
@Entity({ table: 'Bare', rowKey: '{id}' })
class Bare {
  static readonly foreign = index({ on: ['id'] });
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() id!: RowKey;
}

@Entity({ table: 'Barer', rowKey: '{id}' })
class Barer {
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() id!: RowKey;
}

describe('The key of a query by an index', () => {
  let tables: DataSource;
  before(async () => {
    tables = await DataSource.open('memory:');
  });
  after(() => tables.close());

  /** Returns the code and the message of the error that a call throws. */
  const refusalOf = (call: () => unknown): readonly [string, string] | undefined => {
    try {
      call();
    } catch (error) {
      if (EntitableError.is(error)) return [error.code, error.message];
      throw error;
    }
    return undefined;
  };
  const by = (declared: unknown, key: unknown): readonly [string, string] | undefined =>
    refusalOf(() => tables.repository(User).by(declared as typeof User.byPlan, key as never));

  it('has the partition and values of the first properties of the index', () => {
    expect(by(User.byPlan, { tenant: 't' })).to.equal(undefined);
    expect(by(User.byPlan, { partitionKey: 't', plan: 'a' })).to.equal(undefined);
    expect(by(User.byPlan, { tenant: 't', plan: 'a', joinedAt: month(1) })).to.equal(undefined);
    expect(by(User.byPlan, { tenant: 't', joinedAt: month(1) })).to.deep.equal([
      'key.missing-part',
      'The key of the index byPlan of User has no value of plan: the index is sorted by plan, then by joinedAt, ' +
        'and values are given from the first one on.',
    ]);
    expect(by(User.byPlan, { plan: 'a' })).to.deep.equal([
      'key.missing-part',
      'User.tenant is undefined, and the PartitionKey is composed of it. Give it a value.',
    ]);
  });

  it('has no other properties, and none without a value', () => {
    expect(by(User.byPlan, { tenant: 't', plna: 'a' })).to.deep.equal([
      'key.unexpected-part',
      'The key of the index byPlan of User was given with "plna", which it would ignore. It takes ' +
        '{ tenant, plan, joinedAt }; test other properties by where(…).',
    ]);
    expect(by(User.byPlan, { tenant: 't', plan: undefined })).to.deep.equal([
      'key.missing-part',
      'The key of the index byPlan of User has no value of plan: leave it out, or give it a value.',
    ]);
    expect(by(User.byPlan, 't')).to.deep.equal([
      'entity.not-an-object',
      'The key of the index byPlan of User is an object, not string. Give { tenant, plan, joinedAt }.',
    ]);
    const hostile = Object.defineProperty({ tenant: 't' }, 'plan', {
      enumerable: true,
      get: () => {
        throw new Error('secret');
      },
    });
    expect(by(User.byPlan, hostile)).to.deep.equal([
      'entity.getter-failed',
      'An object that was given for User cannot be read or set: a getter or a setter threw, or it is a proxy that did or was revoked. What was thrown is in details.error.',
    ]);
  });

  it('has values of the types of the properties', () => {
    expect(by(User.byPlan, { tenant: 't', plan: 3 })).to.deep.equal([
      'query.invalid-operand',
      '"eq" on User.plan (Edm.String) takes a string, not number.',
    ]);
    expect(by(User.byPlan, { tenant: 't', plan: 'a', joinedAt: 'today' })).to.deep.equal([
      'query.invalid-operand',
      '"eq" on User.joinedAt (Edm.DateTime) takes a valid Date from 1601-01-01 to 9999-12-31 (UTC), not string.',
    ]);
  });

  it('is of an index of the class, which is built and, for getBy, unique', async () => {
    expect(by(Bare.foreign, { tenant: 't' })).to.deep.equal([
      'validation.invalid-option',
      'by takes an index of User, i.e. byEmail, byPlan, byName, not an index of another class.',
    ]);
    expect(by({}, { tenant: 't' })).to.deep.equal([
      'validation.invalid-option',
      'by takes an index of User, i.e. byEmail, byPlan, byName, not Object.',
    ]);
    expect(refusalOf(() => tables.repository(Barer).by(Bare.foreign, { tenant: 't' }))).to.deep.equal([
      'validation.invalid-option',
      'by takes an index of Barer, which declares none, not an index of another class.',
    ]);
    expect(by(User.byName, { tenant: 't' })).to.deep.equal([
      'query.index-building',
      'The index byName of User is being built, so it may lack entities that were stored before it was declared. ' +
        'Rebuild it by db.tables.indexes(…).rebuild(), then remove building: true.',
    ]);
    const users = tables.repository(User);
    const getBy = (declared: unknown, key: unknown): Promise<unknown> =>
      users.getBy(declared as typeof User.byEmail, key as never).then(
        () => undefined,
        (error: unknown) => (EntitableError.is(error) ? [error.code, error.message] : error),
      );
    expect(await getBy(User.byPlan, { tenant: 't', plan: 'a' })).to.deep.equal([
      'validation.invalid-option',
      'getBy takes a unique index of User, not byPlan, which by() queries.',
    ]);
    expect(await getBy(User.byEmail, { tenant: 't' })).to.deep.equal([
      'key.missing-part',
      'The key of the index byEmail of User has no value of email: getBy() takes all its values.',
    ]);
  });
});
