import { Exclude, Expose, plainToInstance } from 'class-transformer';
import { IsOptional } from 'class-validator';
import { expect } from 'chai';
import { DataSource, Entity, ETag, json, PartitionKey, Property, RowKey } from 'entitable';
import type { Defaulted, EntityValues, Repository } from 'entitable';
import { fromPlain, toPlain } from 'entitable/class-transformer';

@Entity({ table: 'Accounts' })
class Account {
  @PartitionKey() owner!: PartitionKey;
  @RowKey() name!: RowKey;
  @Property({ type: 'String' }) mail?: string;
  @Property({ type: 'String' }) phone?: string;
  @Property({ type: 'String' }) @Exclude() hash?: string;
  @Property({ type: 'String', name: 'status' }) @Expose({ name: 'state' }) status = 'new';
  @Property({ type: 'String' }) @Exclude() tier: Defaulted<string> = 'none';
  @Property({ converter: json<string[]>() }) roles: string[] = [];
  @Property({ type: 'Double', default: 0 }) credit!: Defaulted<number>;
  @ETag() etag?: string;
}

/** A DTO as a request handler receives it: its class fields are own members even if the client did not send them. */
class UpdateAccount {
  @IsOptional() mail?: string;
  @IsOptional() phone?: string;
}

const KEY = { owner: 'o', name: 'n' };
const STORED = {
  mail: 'a@x',
  phone: '1',
  hash: '$2b$',
  status: 'active',
  tier: 'gold',
  roles: ['admin'],
  credit: 5,
};
const without = ({ etag: _etag, ...values }: object & { etag?: string }): object => ({ ...values });

describe('An entity made from plain data', () => {
  let tables: DataSource;
  let accounts: Repository<Account>;
  beforeEach(async () => {
    tables = await DataSource.open('memory:');
    accounts = tables.repository(Account);
    await accounts.insert(accounts.create({ ...KEY, ...STORED }));
  });
  afterEach(() => tables.close());
  const stored = async (): Promise<object> => without(await accounts.getOrThrow(KEY));

  it('A DTO whose class has fields does not overwrite properties that the client did not send when it is merged', async () => {
    await accounts.merge(KEY, plainToInstance(UpdateAccount, { mail: 'b@x' }));
    expect(await stored()).to.deep.equal({ ...KEY, ...STORED, mail: 'b@x' });
  });

  it('An entity made from plain data and saved under its ETag keeps stored properties that are not exposed', async () => {
    const plain = toPlain(await accounts.getOrThrow(KEY));
    expect(plain).not.to.have.any.keys('hash', 'tier');
    await accounts.save(fromPlain(Account, { ...plain, mail: 'b@x' }));
    expect(await stored()).to.deep.equal({ ...KEY, ...STORED, mail: 'b@x' });
  });

  it('An entity made from plain data keeps stored properties that are missing from the data, even if the class or a default sets them', async () => {
    const { etag } = await accounts.getOrThrow(KEY);
    const entity = fromPlain(Account, { ...KEY, etag, phone: null });
    expect(entity).to.include({ status: 'new', credit: 0 });
    await accounts.save(entity);
    expect(await stored()).to.deep.equal({ ...KEY, ...STORED, phone: undefined });
    await accounts.save(entity);
    expect(await stored()).to.deep.equal({ ...KEY, ...STORED, phone: undefined });
  });

  it('An entity made from plain data writes given values, even if they equal what the class sets', async () => {
    const { etag } = await accounts.getOrThrow(KEY);
    await accounts.save(fromPlain(Account, { ...KEY, etag, state: 'new', credit: 0, roles: [] }));
    expect(await stored()).to.deep.equal({ ...KEY, ...STORED, status: 'new', credit: 0, roles: [] });
  });

  it('An entity made from plain data keeps stored properties that are missing from the data when it is saved in a unit of work', async () => {
    const plain = toPlain(await accounts.getOrThrow(KEY));
    await tables.unitOfWork((work) => work.repository(Account).save(fromPlain(Account, { ...plain, credit: 6 })));
    expect(await stored()).to.deep.equal({ ...KEY, ...STORED, credit: 6 });
  });

  it('A new entity made from plain data has the values that its class and its defaults set', async () => {
    await accounts.insert(fromPlain(Account, { owner: 'o', name: 'new', mail: 'c@x', hash: 'forged' }));
    expect(without(await accounts.getOrThrow({ owner: 'o', name: 'new' }))).to.deep.equal({
      owner: 'o',
      name: 'new',
      mail: 'c@x',
      phone: undefined,
      hash: undefined,
      status: 'new',
      tier: 'none',
      roles: [],
      credit: 0,
    });
  });

  it('An entity made from plain data follows the decorators of its own class, not the constructor of the data', async () => {
    const forged = JSON.parse('{ "constructor": { "name": "x" }, "hash": "forged" }') as object;
    class Dto {
      hash = 'forged';
    }
    for (const plain of [forged, new Dto(), { hash: 'forged' }]) {
      expect(fromPlain(Account, { ...KEY, ...plain }).hash).to.equal(undefined);
      expect(fromPlain(Account, Object.assign(plain, KEY)).hash).to.equal(undefined);
    }
  });

  it('An entity made from plain data is created by the create function of its class', () => {
    @Entity({ table: 'Accounts', create: (values: EntityValues<Sealed>) => new Sealed(values) })
    class Sealed {
      @PartitionKey() owner!: PartitionKey;
      @RowKey() name!: RowKey;
      readonly #credit: number;
      constructor({ credit }: { readonly credit: number }) {
        if (typeof credit !== 'number') throw new TypeError('A credit is a number.');
        this.#credit = credit;
      }
      @Property({ type: 'Double' }) get credit(): number {
        return this.#credit;
      }
      owed(): number {
        return -this.#credit;
      }
    }
    const sealed = fromPlain(Sealed, { ...KEY, credit: 7, owed: 'forged' });
    expect([sealed.owner, sealed.name, sealed.credit, sealed.owed()]).to.deep.equal(['o', 'n', 7, -7]);
  });
});
