import { inspect } from 'node:util';
import { IsEmail, IsOptional, Min, MinLength, ValidateNested } from 'class-validator';
import { expect } from 'chai';
import { Entity, PartitionKey, Property, RowKey } from '../../decorators/index.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { json } from '../../src/metadata/converters/json.js';
import { onEveryStore, rejection } from '../support/every-store.js';

class Address {
  @Min(1000) zip!: number;
}

@Entity({ table: 'Customers' })
class Customer {
  @PartitionKey() region!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property() @Min(0) credit!: number;
  @Property({ type: 'String' }) @IsEmail() email?: string | undefined;
  @Property({ converter: json<Address>() }) @IsOptional() @ValidateNested() address?: Address;
}

interface Sized {
  readonly size?: number | undefined;
}

/**
 * An entity with a size that only its constructor sets, a name whose setter trims it, and a label that has only a
 * getter.
 */
@Entity({ table: 'Guests', create: (values: Sized) => new Guest(values) })
class Guest {
  @PartitionKey() region!: PartitionKey;
  @RowKey() id!: RowKey;
  #name = '';
  readonly #size: number | undefined;
  constructor({ size }: Sized) {
    this.#size = size;
  }
  @Property({ type: 'String' }) @MinLength(2) get name(): string {
    return this.#name;
  }
  set name(name: string) {
    this.#name = name.trim();
  }
  @Property({ type: 'Int32' }) @Min(1) get size(): number | undefined {
    return this.#size;
  }
  get label(): string {
    return `Guest ${this.#name}`;
  }
}

const KEY = { region: 'eu', id: '1' } as const;
const customer = (changes: Partial<Customer> = {}): Customer =>
  Object.assign(new Customer(), { ...KEY, credit: 1, email: 'a@example.org', ...changes });

onEveryStore('The constraints of class-validator', (open) => {
  it('Constraints are checked by every method that writes, before a request, with all violations in one error that quotes no values', async () => {
    const { tables } = await open();
    const customers = tables.repository(Customer);
    const bad = (): Customer =>
      customer({ credit: -77_777, email: 'nobody', address: Object.assign(new Address(), { zip: 7 }) });
    const loaded = await customers.insert(customer());
    Object.assign(loaded, { credit: -77_777, email: 'nobody', address: Object.assign(new Address(), { zip: 7 }) });
    for (const write of [
      () => customers.insert(bad()),
      () => customers.upsert(bad()),
      () => customers.replace(bad(), { etag: '*' }),
      () => customers.save(loaded),
    ]) {
      const error = await rejection(write());
      if (!EntitableError.is(error, 'validation.failed')) throw error;
      expect(error.details).to.deep.equal({
        className: 'Customer',
        violations: [
          { property: 'credit', constraints: ['min'] },
          { property: 'email', constraints: ['isEmail'] },
          { property: 'address.zip', constraints: ['min'] },
        ],
      });
      expect(error.message).to.include(
        'Customer breaks its constraints: credit (min); email (isEmail); address.zip (min).',
      );
      expect(inspect(error, { depth: 9 })).not.to.match(/77777|nobody/);
    }
    expect(await customers.getOrThrow(KEY)).to.include({ credit: 1 });
  });

  it('Constraints are checked for a patch only on the properties that it changes', async () => {
    const { tables } = await open();
    const customers = tables.repository(Customer);
    await customers.insert(customer());
    await customers.merge(KEY, { credit: 5 });
    const error = await rejection(customers.merge(KEY, { credit: -1 }));
    expect(EntitableError.is(error, 'validation.failed') && error.details.violations).to.deep.equal([
      { property: 'credit', constraints: ['min'] },
    ]);
    await customers.merge(KEY, { email: undefined, credit: 6 });
    expect(await customers.getOrThrow(KEY)).to.include({ email: 'a@example.org', credit: 6 });
    const removal = await rejection(customers.merge(KEY, { email: null }));
    expect(EntitableError.is(removal, 'validation.failed') && removal.details.violations).to.deep.equal([
      { property: 'email', constraints: ['isEmail'] },
    ]);
  });

  it('Constraints are not checked with validate: false', async () => {
    const { tables } = await open({ validate: false });
    await tables.repository(Customer).insert(customer({ credit: -1 }));
    expect((await tables.repository(Customer).getOrThrow(KEY)).credit).to.equal(-1);
  });

  it('Constraints are checked for plain objects, too', async () => {
    const { tables } = await open();
    expect(
      await rejection(tables.repository(Customer).insert({ ...KEY, credit: -1, email: 'a@example.org' })),
    ).to.have.property('code', 'validation.failed');
  });

  it('Constraints are checked on the stored values of a plain object, whatever getters and setters its class has', async () => {
    const { tables } = await open();
    const guests = tables.repository(Guest);
    const guest = (id: string, name = 'Ada'): Guest => ({ region: 'eu', id, name, label: 'given', size: 3 }) as Guest;
    await guests.insert(guest('insert'));
    await guests.save(guest('save'));
    await guests.upsert(guest('upsert'));
    await guests.insertMany([guest('many')]);
    await tables.unitOfWork((unit) => unit.repository(Guest).insert(guest('unit')));
    expect(await guests.query({ region: 'eu' }).select('id', 'name', 'size').toArray()).to.deep.equal(
      ['insert', 'many', 'save', 'unit', 'upsert'].map((id) => ({ id, name: 'Ada', size: 3 })),
    );
    const error = await rejection(guests.insert({ ...guest('short', 'x'), size: 0 } as Guest));
    if (!EntitableError.is(error, 'validation.failed')) throw error;
    expect(error.details.violations).to.deep.equal([
      { property: 'name', constraints: ['minLength'] },
      { property: 'size', constraints: ['min'] },
    ]);
  });

  it('Constraints are checked for patches of properties that have getters', async () => {
    const { tables } = await open();
    const guests = tables.repository(Guest);
    await guests.insert(guests.create({ region: 'eu', id: '1', name: 'Ada', size: 3 }));
    await guests.merge({ region: 'eu', id: '1' }, { size: 5 });
    expect((await guests.query({ region: 'eu' }).select('size').first())?.size).to.equal(5);
    const error = await rejection(guests.merge({ region: 'eu', id: '1' }, { size: 0 }));
    expect(EntitableError.is(error, 'validation.failed') && error.details.violations).to.deep.equal([
      { property: 'size', constraints: ['min'] },
    ]);
  });
});
