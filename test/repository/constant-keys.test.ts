import { expect } from 'chai';
import {
  DataSource,
  defineEntity,
  Entity,
  EntitableError,
  PartitionKey,
  Property,
  RowKey,
  type Repository,
} from '../../src/index.js';

@Entity({ table: 'Customers', rowKey: 'profile' })
class Profile {
  @PartitionKey() customerId!: PartitionKey;
  @Property({ type: 'String' }) name?: string;
}

@Entity({ table: 'Flags', partitionKey: 'flags' })
class Flag {
  @RowKey() name!: RowKey;
  @Property({ type: 'Boolean' }) on?: boolean;
}

class Described {
  customerId!: PartitionKey;
  name?: string;
}
defineEntity(Described, {
  table: 'Described',
  rowKey: 'profile',
  properties: { customerId: 'PartitionKey', name: 'String' },
});

const profile = (customerId: string, name: string): Profile => Object.assign(new Profile(), { customerId, name });
const flag = (name: string, on: boolean): Flag => Object.assign(new Flag(), { name, on });

describe('A key whose template is constant text', () => {
  let tables: DataSource;
  let profiles: Repository<Profile>;
  let flags: Repository<Flag>;

  beforeEach(async () => {
    tables = await DataSource.open('memory:');
    profiles = tables.repository(Profile);
    flags = tables.repository(Flag);
    await profiles.insertMany([profile('c1', 'Ann'), profile('c2', 'Bea')]);
    await flags.insertMany([flag('beta', true), flag('dark', false)]);
  });
  afterEach(() => tables.close());

  it('A constant row key is not part of the keys that operations take', async () => {
    const key = { customerId: 'c1' };
    expect(await profiles.get(key)).to.include({ name: 'Ann' });
    expect(await profiles.exists(key)).to.equal(true);
    expect((await profiles.getMany([{ customerId: 'c2' }, key])).map((found) => found?.name)).to.deep.equal([
      'Bea',
      'Ann',
    ]);
    await profiles.merge(key, { name: 'Anna' });
    expect((await profiles.modify(key, (found) => (found.name += '!'))).name).to.equal('Anna!');
    expect(profiles.query(key).explain()).to.include({ plan: 'point' });
    expect(await profiles.query(key).toArray()).to.have.length(1);
    expect(await profiles.delete(key)).to.equal(true);
    await profiles.deleteMany([{ customerId: 'c2' }]);
    expect(await profiles.scan().count()).to.equal(0);
  });

  it('A constant partition key is not part of the keys that operations take', async () => {
    expect((await flags.query({}).toArray()).map(({ name }) => name)).to.deep.equal(['beta', 'dark']);
    expect(flags.query({}).compile().filter).to.equal("PartitionKey eq 'flags'");
    expect(await flags.get({ name: 'beta' })).to.include({ on: true });
    expect(await flags.query([{}]).where('name', 'eq', 'dark').firstOrThrow()).to.include({ on: false });
    await flags.mergeMany([{ key: { name: 'dark' }, patch: { on: true } }]);
    expect(await flags.query({}).where('on', 'eq', true).count()).to.equal(2);
  });

  it('A constant key is not part of the keys in a unit of work', async () => {
    await tables.unitOfWork(async (work) => {
      const found = await work.get(Profile, { customerId: 'c1' });
      found!.name = 'Anna';
      await work.repository(Flag).merge({ name: 'beta' }, { on: false });
      await work.repository(Flag).delete({ name: 'dark' });
      expect((await work.query(Flag, {}).toArray()).map(({ name }) => name)).to.deep.equal(['beta']);
    });
    expect(await profiles.get({ customerId: 'c1' })).to.include({ name: 'Anna' });
    expect((await flags.query({}).toArray()).map(({ name, on }) => ({ name, on }))).to.deep.equal([
      { name: 'beta', on: false },
    ]);
  });

  it('A constant key is not part of the keys of a class described without decorators', async () => {
    const described = tables.repository(Described);
    await described.insert(Object.assign(new Described(), { customerId: 'c1', name: 'Ann' }));
    expect(await described.get({ customerId: 'c1' })).to.include({ name: 'Ann' });
  });

  it('A constant key is not part of the message about a missing entity', async () => {
    const missing: unknown = await profiles.getOrThrow({ customerId: 'c9' }).catch((error: unknown) => error);
    expect(missing).to.include({
      code: 'store.not-found',
      message: 'No Profile has the key (customerId: "c9"). Use get() where that is expected.',
    });
  });
});

describe('A class with only one key', () => {
  it('A class with only one key is refused unless a template composes the other', async () => {
    class Half {
      tenant!: PartitionKey;
      id!: string;
    }
    // @ts-expect-error the row key is not marked
    defineEntity(Half, { table: 'Half', properties: { tenant: 'PartitionKey', id: 'String' } });
    await using tables = await DataSource.open('memory:');
    const refused = (): unknown => tables.repository(Half);
    expect(refused).to.throw(EntitableError).with.property('code', 'metadata.missing-key');
  });
});
