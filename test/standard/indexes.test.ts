import { expect } from 'chai';
import {
  defineEntity,
  Entity,
  index,
  metadataOf,
  newestFirst,
  PartitionKey,
  Property,
  RowKey,
  type Index,
} from 'entitable';

abstract class Named {
  static readonly byName = index({ on: ['name'] });
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) name?: string;
}

@Entity({ table: 'Users', rowKey: 'user|{id}' })
class User extends Named {
  static readonly byPlan = index({ on: ['plan', ['joinedAt', newestFirst]], where: { plan: ['free', 'paid'] } });
  @Property({ type: 'String' }) plan!: 'free' | 'paid' | 'trial';
  @Property({ type: 'DateTime' }) joinedAt!: Date;
}

class Described {
  declare static readonly byOwner: Index<{ readonly on: readonly ['owner'] }>;
  group!: PartitionKey;
  name!: RowKey;
  owner!: string;
}
const byOwner = index({ on: ['owner'] });
defineEntity(Described, {
  table: 'Described',
  rowKey: '{name}',
  properties: { group: 'PartitionKey', name: 'RowKey', owner: 'String' },
  indexes: { byOwner },
});

// @ts-expect-error the index byMail names 'mail', which is no property of the class
@Entity({ table: 'Wrong', rowKey: '{id}' })
class Wrong extends Named {
  static readonly byMail = index({ on: ['mail'] });
}

describe('Indexes of entities under the TC39 decorator standard', () => {
  it('Static indexes of a class with standard decorators and of its base class are found', () => {
    expect(metadataOf(User).indexes.map(({ name, declared, on }) => [name, declared, on])).to.deep.equal([
      ['byName', User.byName, ['name']],
      ['byPlan', User.byPlan, ['plan', 'joinedAt']],
    ]);
  });

  it('Indexes in the schema of defineEntity are found when the standard is in use', () => {
    expect(metadataOf(Described).indexes.map(({ name, declared }) => [name, declared])).to.deep.equal([
      ['byOwner', byOwner],
    ]);
  });

  it('A mistake in an index that the compiler reports is reported at run time too', () => {
    expect(() => metadataOf(Wrong)).to.throw(
      'Wrong cannot be stored as it is declared:\n- the index byMail names mail, which is no property of the class.',
    );
  });
});
