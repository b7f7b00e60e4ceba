import { expect } from 'chai';
import {
  defineEntity,
  EntitableError,
  Entity,
  ETag,
  index,
  json,
  metadataOf,
  newestFirst,
  oneOf,
  PartitionKey,
  Property,
  RowKey,
  Timestamp,
  type Index,
  type IndexSpec,
} from '../../../src/index.js';

/** A class with members of every kind, whose indexes come from its schema. */
class User {
  declare tenant: PartitionKey;
  declare id: RowKey;
  declare email: string;
  declare plan: 'free' | 'paid';
  declare age: number;
  declare joinedAt: Date;
  declare picture: Uint8Array;
  declare settings: { readonly dark: boolean };
  declare owner: string;
  declare etag: ETag;
  declare changedAt: Timestamp;

  get domain(): string {
    return this.email.slice(this.email.indexOf('@'));
  }
}

const PROPERTIES = {
  tenant: 'PartitionKey',
  id: 'RowKey',
  email: 'String',
  plan: { converter: oneOf('free', 'paid') },
  age: 'Int32',
  joinedAt: 'DateTime',
  picture: 'Binary',
  settings: { converter: json<{ readonly dark: boolean }>() },
  owner: { type: 'String', name: '_row' },
  etag: 'ETag',
  changedAt: 'Timestamp',
} as const;

/** Declares a class like `User` with indexes; `T` is erased, because the compiler refuses most of the mistakes. */
function userWith(indexes: Readonly<Record<string, unknown>>, keys: object = { rowKey: 'user|{id}' }): typeof User {
  const Users = { Users: class extends User {} }.Users;
  const schema = { table: 'Users', ...keys, properties: PROPERTIES, indexes };
  (defineEntity as (entityClass: unknown, given: unknown) => void)(Users, schema);
  return Users;
}

/** Returns the problems in the declaration of indexes, as the one error lists them. */
function problemsOf(indexes: Readonly<Record<string, unknown>>, keys?: object): readonly string[] {
  try {
    metadataOf(userWith(indexes, keys));
    return [];
  } catch (error) {
    if (!EntitableError.is(error, 'metadata.invalid-index')) throw error;
    const { problems } = error.details;
    const lines = problems.map(({ message }) => `\n- ${message}.`).join('');
    expect(error.message).to.equal(`Users cannot be stored as it is declared:${lines}`);
    expect(problems.map(({ code }) => code)).to.deep.equal(problems.map(() => 'metadata.invalid-index'));
    return problems.map(({ message }) => message);
  }
}

/** Declares an index as JavaScript can, without the checks of the compiler. */
const loose = (spec: object): Index => index(spec as IndexSpec);

/** Mistakes in one index called `by`, with what the error says after that name. */
const MISTAKES: readonly (readonly [spec: object, ...messages: string[]])[] = [
  [{}, 'names no property: give it on: […]'],
  [{ on: [] }, 'names no property: give it on: […]'],
  [{ on: ['mail'] }, 'names mail, which is no property of the class'],
  [{ on: ['toString'] }, 'names toString, which is no property of the class'],
  [
    { on: ['domain'] },
    'names domain, which a getter computes and which is not stored: give it a decorator, or name a stored property',
  ],
  [{ on: ['etag'] }, 'names etag, which is the ETag, which the store gives after the write'],
  [{ on: ['changedAt'] }, 'names changedAt, which is the timestamp, which the store gives after the write'],
  [{ on: ['#row'] }, 'names #row, which is a name that entries use themselves'],
  [
    { on: ['tenant', 'email'] },
    'names tenant, which is part of the partition key: it is the same in all entries of a partition',
  ],
  [{ on: ['email', 'email'] }, 'names email twice'],
  [{ partition: ['email'], on: ['email'] }, 'names email twice'],
  [{ on: ['picture'] }, 'names picture, which is stored as Edm.Binary and has no text'],
  [{ on: ['settings'] }, 'names settings, which may be stored in different forms for equal values'],
  [{ partition: [] }, 'names no property in partition: leave it out, or name one'],
  [{ partition: ['settings'] }, 'names settings, which may be stored in different forms for equal values'],
  [
    { on: ['email'], table: 'Other' },
    'has a table, but no partition: only an index with partitions of its own has a table',
  ],
  [
    { on: ['email'], unique: true, grace: 5 },
    'has a grace period, but no partition: its entries are never without their entity',
  ],
  [{ partition: ['email'], grace: 5 }, 'has a grace period, which is for the reserved values of a unique index'],
  [
    { partition: ['email'], table: 'no' },
    'cannot be stored in the table "no": a table name is 3 to 63 letters and digits (a-z, A-Z, 0-9), the first one a letter. Give another, index({ table })',
  ],
  [
    { partition: ['email'], table: 'users' },
    'cannot be stored in the table "users", which is that of the entities themselves. Give another, index({ table })',
  ],
  [
    { on: ['email'], name: 'by-email' },
    'is called "by-email": give it a name of 1 to 32 letters and digits, index({ name })',
  ],
  [
    { on: ['email'], name: 'b'.repeat(33) },
    `is called "${'b'.repeat(33)}": give it a name of 1 to 32 letters and digits, index({ name })`,
  ],
  [{ on: ['age'], project: ['mail'] }, 'projects mail, which is no property of the class'],
  [{ on: ['age'], project: ['etag'] }, 'projects etag, which is the ETag, which the store gives after the write'],
  [{ on: ['age'], project: ['id'] }, 'projects id, which is part of the key: every entry has it'],
  [{ on: ['age'], project: ['email', 'email'] }, 'names email twice'],
  [
    { on: ['age'], unique: true, project: ['owner'] },
    'projects owner, stored as "_row", a name that entries use themselves',
  ],
  [{ on: ['age'], where: { mail: 'a' } }, 'has a condition on mail, which is no property of the class'],
  [
    { on: ['age'], where: { settings: 'a' } },
    'has a condition on settings, which may be stored in different forms for equal values',
  ],
  [
    { on: ['age'], where: { picture: new Uint8Array() } },
    'has a condition on picture, which is stored as Edm.Binary and has no text',
  ],
  [{ on: ['age'], where: { plan: [] } }, 'has a condition on plan without a value, so it would never have an entry'],
  [
    { on: ['age'], where: { email: undefined } },
    'has a condition on email with undefined: an entity without the value has no entry',
  ],
  [
    { on: ['age'], where: { email: ['a', null] } },
    'has a condition on email with null: an entity without the value has no entry',
  ],
  [
    { on: ['age'], where: { email: 5 } },
    'has a condition on email with a value that it cannot have: it takes a string, not number',
  ],
  [
    { on: ['email'], where: { age: 1.5 } },
    'has a condition on age with a value that it cannot have: it takes an integer from -2147483648 to 2147483647, not a number that is not an integer',
  ],
  [
    { on: ['email'], where: { joinedAt: new Date(Number.NaN) } },
    'has a condition on joinedAt with a value that it cannot have: it takes a valid Date from 1601-01-01 to 9999-12-31 (UTC), not an invalid Date',
  ],
  [
    { on: ['email'], where: { plan: ['free', 'gold'] } },
    'has a condition on plan with a value that its converter refuses: it must be one of "free", "paid"',
  ],
  [
    { on: ['email'], where: { id: 5 } },
    'has a condition on id with a value that it cannot have: it takes a string, not number',
  ],
  [{ on: 'email' }, 'takes an array of properties in on, not string'],
  [{ partition: { email: true } }, 'takes an array of properties in partition, not Object'],
  [{ on: [5] }, 'has in on a part that is number: name a property, or give [name, text]'],
  [{ on: [['email']] }, 'has in on a part that is Array: name a property, or give [name, text]'],
  [{ on: [['email', {}]] }, 'has in on a text of email without a function toStored'],
  [{ on: [['email', null]] }, 'has in on a text of email without a function toStored'],
  [
    { on: [['email', { toStored: String, fromStored: 'no' }]] },
    'has in on a text of email whose fromStored is no function',
  ],
  [
    { on: [['email', { ...newestFirst, type: 'DateTime' }]] },
    'has in on a converter of email that gives no String: in an index a value is text',
  ],
  [
    { on: [['email', { toStored: String, order: 'asc' }]] },
    "has in on a text of email whose order is neither 'preserved' nor 'reversed' nor 'none'",
  ],
  [{ on: [['email', json()]] }, 'has in on a text of email that may differ for equal values'],
  [{ on: ['email'], project: 'age' }, 'takes an array of property names in project'],
  [{ on: ['email'], project: [5] }, 'takes an array of property names in project'],
  [{ on: ['email'], where: 'age' }, 'takes an object of values by property in where, not string'],
  [{ on: ['email'], where: new Map() }, 'takes an object of values by property in where, not Map'],
  [{ on: ['email'], where: ['age'] }, 'takes an object of values by property in where, not Array'],
  [{ on: ['email'], unique: 'yes' }, 'takes a boolean as unique, not string'],
  [{ on: ['email'], building: 1 }, 'takes a boolean as building, not number'],
  [{ on: ['email'], name: 5 }, 'takes a string as name, not number'],
  [{ partition: ['email'], table: 5 }, 'takes a string as table, not number'],
  [{ partition: ['email'], unique: true, grace: 0 }, 'takes a positive number of milliseconds as grace'],
];

describe('The checks of declared indexes', () => {
  for (const [spec, ...messages] of MISTAKES) {
    it(`An index ${JSON.stringify(spec)} is refused: it ${messages.join('; it ')}`, () => {
      expect(problemsOf({ by: loose(spec) })).to.deep.equal(messages.map((message) => `the index by ${message}`));
    });
  }

  it('One error lists the mistakes in all indexes of a class, and every mistake of one index', () => {
    expect(
      problemsOf({
        first: loose({ on: ['mail', 'settings'], project: ['id', 'nothing'], where: { other: 1 } }),
        second: 'email',
        third: index({ on: ['email'], name: 'first' }),
        fourth: loose({ on: [] }),
      }),
    ).to.deep.equal([
      'the index second is no index but string: declare it by index({ on: […] })',
      'the index first names mail, which is no property of the class',
      'the index first names settings, which may be stored in different forms for equal values',
      'the index first projects id, which is part of the key: every entry has it',
      'the index first projects nothing, which is no property of the class',
      'the index first has a condition on other, which is no property of the class',
      'the index third is stored as "first", and so is first: give one of them another name',
      'the index fourth names no property: give it on: […]',
    ]);
  });

  it('The error of a class lists the mistakes in its keys, its properties and its indexes together', () => {
    // @ts-expect-error it has no row key, and its index names no property
    @Entity({ table: 'no' })
    class Wrong {
      static readonly byMail = loose({ on: ['mail'] });
      @PartitionKey() tenant!: PartitionKey;
      @Property({ type: 'String', name: 'RowKey' }) name?: string;
    }
    expect(() => metadataOf(Wrong)).to.throw(
      'Wrong cannot be stored as it is declared:\n' +
        '- table: a table name is 3 to 63 letters and digits (a-z, A-Z, 0-9), the first one a letter.\n' +
        '- it has no @RowKey property, and @Entity no rowKey template.\n' +
        '- name: every row has a RowKey of its own: give another name, @Property({ name }).\n' +
        '- the index byMail names mail, which is no property of the class.',
    );
  });

  it('A value is not quoted in the message about a condition', () => {
    const spec = { on: ['email'], where: { plan: 'secret' } };
    expect(problemsOf({ by: loose(spec) }).join('')).not.to.include('secret');
  });

  it('An index beside its entities is refused if their row key has no template, an index with a table of its own is not', () => {
    const indexes = { beside: index({ on: ['email'] }), apart: index({ partition: ['email'] }) };
    expect(problemsOf(indexes, {})).to.deep.equal([
      "the index beside is stored beside the entities, which need a row key template to be told from its entries: @Entity({ rowKey: '{id}' })",
    ]);
  });

  it('An index beside its entities is refused if the row key is constant text, an index with a table of its own is not', () => {
    class Profile {
      declare tenant: PartitionKey;
      declare email: string;
    }
    defineEntity(Profile, {
      table: 'Profiles',
      rowKey: 'profile',
      properties: { tenant: 'PartitionKey', email: 'String' },
      indexes: { beside: index({ on: ['email'] }), apart: index({ partition: ['email'], unique: true }) },
    });
    expect(() => metadataOf(Profile)).to.throw(
      'Profile cannot be stored as it is declared:\n' +
        "- the index beside is stored in the partition of the entities, which has only one, because the row key is always 'profile': get it by its key, or give the index a partition: […].",
    );
  });

  it('Two indexes whose tables differ only in case are refused', () => {
    const indexes = {
      byEmail: index({ partition: ['email'] }),
      other: index({ partition: ['plan'], table: 'USERSBYEMAIL' }),
    };
    expect(problemsOf(indexes)).to.deep.equal([
      'the index other cannot be stored in the table "USERSBYEMAIL", which is that of the index byEmail. Give another, index({ table })',
    ]);
  });

  it('An index under two names is refused', () => {
    const byEmail = index({ on: ['email'] });
    expect(problemsOf({ byEmail, byMail: byEmail })).to.deep.equal([
      'the index byMail is the same object as byEmail: declare it once, or call index() for each',
    ]);
  });

  it('A class can have 49 indexes, and no more', () => {
    const many = (count: number): Readonly<Record<string, Index>> =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`by${at}`, index({ on: ['email'] })]));
    expect(problemsOf(many(49))).to.deep.equal([]);
    expect(problemsOf(many(50))).to.deep.equal([
      'it has 50 indexes; at most 49 are possible, so that one transaction changes all',
    ]);
  });

  it('Indexes of a schema that are no object are refused', () => {
    expect(problemsOf([index({ on: ['email'] })] as never)).to.deep.equal([
      'the indexes of its schema must be an object of indexes by name, not Array',
    ]);
  });
});

describe('The indexes of a class', () => {
  it('A class without indexes has an empty list', () => {
    expect(metadataOf(userWith({})).indexes).to.deep.equal([]);
  });

  it('The metadata of a class tells everything about its indexes', () => {
    const byPlan = index({
      on: ['plan', ['joinedAt', newestFirst]],
      project: ['owner'],
      where: { age: [1, 2], plan: 'free' },
      building: true,
    });
    const byEmail = index({
      partition: [['email', { toStored: (email: string) => email.toLowerCase() }]],
      unique: true,
      name: 'Mail',
      grace: 5,
    });
    const found = metadataOf(userWith({ byPlan, byEmail })).indexes.map(({ entries, where, covered, ...rest }) => ({
      ...rest,
      where: [...where],
      covered: [...covered],
      table: entries.table,
      partitionKey: entries.partitionKey.text,
      rowKey: entries.rowKey.text,
      properties: entries.properties.map(({ storedName, type }) => `${storedName}: ${type}`),
    }));
    expect(found).to.deep.equal([
      {
        name: 'byPlan',
        declared: byPlan,
        unique: false,
        building: true,
        partition: undefined,
        on: ['plan', 'joinedAt'],
        project: ['owner'],
        needs: ['plan', 'joinedAt', 'owner', 'age'],
        grace: 900_000,
        where: [
          ['age', [1, 2]],
          ['plan', ['free']],
        ],
        covered: ['tenant', 'id', 'plan', 'joinedAt', 'owner'],
        table: 'Users',
        partitionKey: '{tenant}',
        rowKey: '~iuser|~byPlan {plan} {joinedAt} {#row}',
        properties: ['_row: String'],
      },
      {
        name: 'Mail',
        declared: byEmail,
        unique: true,
        building: false,
        partition: ['email'],
        on: [],
        project: [],
        needs: ['email'],
        grace: 5,
        where: [],
        covered: ['tenant', 'id'],
        table: 'UsersMail',
        partitionKey: '{email}',
        rowKey: '~',
        properties: ['_partition: String', '_row: String'],
      },
    ]);
  });

  it('Static indexes are inherited, can be declared anew, and can be given up', () => {
    abstract class Base {
      static readonly byName: Index | undefined = index({ on: ['name'] });
      static readonly byRank: Index | undefined = index({ on: ['rank'] });
      static readonly byBoth: Index | undefined = index({ on: ['name', 'rank'] });
      @PartitionKey() tenant!: PartitionKey;
      @RowKey() id!: RowKey;
      @Property({ type: 'String' }) name?: string;
      @Property({ type: 'Int32' }) rank?: number;
    }
    @Entity({ table: 'Things', rowKey: '{id}' })
    class Thing extends Base {
      static override readonly byRank = index({ on: ['rank', 'name'] });
      static override readonly byBoth = undefined;
      static readonly own = index({ on: ['id'] });
    }
    expect(metadataOf(Thing).indexes.map(({ name, declared }) => [name, declared])).to.deep.equal([
      ['byName', Base.byName],
      ['byRank', Thing.byRank],
      ['own', Thing.own],
    ]);
  });

  it('A static index under a symbol needs a name of its own', () => {
    const symbol = Symbol('by');
    const declare = (spec: IndexSpec): typeof User => {
      const Users = { Users: class extends User {} }.Users;
      Object.defineProperty(Users, symbol, { value: index(spec) });
      defineEntity(Users, { table: 'Users', rowKey: '{id}', properties: PROPERTIES });
      return Users;
    };
    expect(metadataOf(declare({ on: ['email'], name: 'byEmail' })).indexes.map(({ name }) => name)).to.deep.equal([
      'byEmail',
    ]);
    expect(() => metadataOf(declare({ on: ['email'] }))).to.throw(
      'the index Symbol(by) is called "Symbol(by)": give it a name of 1 to 32 letters and digits, index({ name })',
    );
  });

  it('The index of a schema takes the place of the static index of the same name', () => {
    const byEmail = index({ on: ['email', 'plan'] });
    class Both extends User {
      static readonly byEmail = index({ on: ['email'] });
    }
    defineEntity(Both, { table: 'Both', rowKey: '{id}', properties: PROPERTIES, indexes: { byEmail } });
    expect(metadataOf(Both).indexes.map(({ declared }) => declared)).to.deep.equal([byEmail]);
  });

  it('The metadata of an index cannot be changed, not even through the arrays that it was declared with', () => {
    const project = ['owner'];
    const plan = ['free'];
    const declared = userWith({ by: loose({ on: ['email'], project, where: { plan } }) });
    const found = metadataOf(declared).indexes[0]!;
    project.push('age');
    plan.push('paid');
    expect([found.project, found.where.get('plan')]).to.deep.equal([['owner'], ['free']]);
    expect(found).to.be.frozen;
    for (const list of [found.on, found.project, found.needs, found.where.get('plan')]) expect(list).to.be.frozen;
    expect(() => (found.covered as Set<string>).add('age')).to.throw('The metadata of a class is frozen.');
    expect(() => (found.where as Map<string, unknown>).delete('plan')).to.throw('The metadata of a class is frozen.');
  });
});
