import { inspect } from 'node:util';
import { IsEmail, IsOptional, Min, ValidateNested } from 'class-validator';
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

const KEY = { region: 'eu', id: '1' } as const;
const customer = (changes: Partial<Customer> = {}): Customer =>
  Object.assign(new Customer(), { ...KEY, credit: 1, email: 'a@example.org', ...changes });

onEveryStore('The constraints of class-validator', (open) => {
  it('are checked on every verb that writes, before anything is sent: one error with all violations, values nowhere', async () => {
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

  it('count for a patch only where it changes something', async () => {
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

  it('are not checked with validate: false', async () => {
    const { tables } = await open({ validate: false });
    await tables.repository(Customer).insert(customer({ credit: -1 }));
    expect((await tables.repository(Customer).getOrThrow(KEY)).credit).to.equal(-1);
  });

  it('are checked for plain objects too', async () => {
    const { tables } = await open();
    expect(
      await rejection(tables.repository(Customer).insert({ ...KEY, credit: -1, email: 'a@example.org' })),
    ).to.have.property('code', 'validation.failed');
  });
});
