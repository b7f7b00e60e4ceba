import { expect } from 'chai';
import {
  DataSource,
  defineEntity,
  EntitableError,
  Entity,
  ETag,
  Guid,
  newestFirst,
  PartitionKey,
  Property,
  RowKey,
  Timestamp,
  type Defaulted,
  type EntityValues,
} from 'entitable';

@Entity({ table: 'Orders' })
class Order {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() orderId!: RowKey;
  @Property({ type: 'Double' }) total!: number;
  @Property({ type: 'Int64' }) sequence!: bigint;
  @Property({ type: 'DateTime' }) placedAt!: Date;
  @Property({ type: 'Guid', name: 'correlation_id' }) correlation!: Guid;
  @Property({ type: 'Binary' }) signature?: Uint8Array;
  @ETag() etag?: ETag;
  @Timestamp() updatedAt?: Timestamp;
}

class Audited {
  @Property({ type: 'String' }) changedBy!: string;
}

@Entity({ table: 'Events', partitionKey: 'TENANT|{tenantId}', rowKey: '{at}|{eventId}' })
class AuditEvent extends Audited {
  @PartitionKey() tenantId!: PartitionKey;
  @RowKey({ converter: newestFirst }) at!: RowKey<Date>;
  @RowKey() eventId!: RowKey;
}

class Described {
  group!: PartitionKey;
  name!: RowKey;
  size!: number;
}
defineEntity(Described, { table: 'Described', properties: { group: 'PartitionKey', name: 'RowKey', size: 'Int32' } });

@Entity({ table: 'Untyped' })
class Untyped {
  @PartitionKey() group!: PartitionKey;
  @RowKey() name!: RowKey;
  @Property() first!: number;
  @Property() second!: string;
}

@Entity({ table: 'Payments', create: (values: EntityValues<Payment>) => new Payment(values) })
class Payment {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() paymentId!: RowKey;
  @Property({ type: 'String', default: 'card' }) method!: Defaulted<'card' | 'cash'>;
  @Property({ type: 'String', required: true }) currency!: string;
  @ETag() etag?: ETag;
  readonly #amount: number;

  constructor({ amount }: { readonly amount: number }) {
    if (!(amount >= 0)) throw new RangeError('An amount is at least 0.');
    this.#amount = amount;
  }

  @Property({ type: 'Double' }) get amount(): number {
    return this.#amount;
  }
}

class Refused {
  // @ts-expect-error a Double is a number
  @Property({ type: 'Double' }) get text(): string {
    return '';
  }
  // @ts-expect-error an Int64 is a bigint
  @Property({ type: 'Int64' }) sequence!: number;
  // @ts-expect-error a key part that is not a string needs a converter
  @PartitionKey() tenant!: number;
  // @ts-expect-error an ETag is a string
  @ETag() etag?: number;
}

describe('Entities under the TC39 decorator standard', () => {
  it('Entities with standard decorators are stored, read and queried like those with legacy decorators', async () => {
    await using tables = await DataSource.open('memory:');
    const orders = tables.repository(Order);
    const order = Object.assign(new Order(), {
      customerId: 'c1',
      orderId: 'o1',
      total: 20,
      sequence: 2n ** 53n + 1n,
      placedAt: new Date('2026-05-04T03:02:01.000Z'),
      correlation: Guid.parse('01234567-89ab-cdef-0123-456789abcdef'),
      signature: Uint8Array.of(1, 2, 3),
    });
    await orders.insert(order);
    const found = await orders.getOrThrow({ customerId: 'c1', orderId: 'o1' });
    expect(found).to.deep.equal(order);
    const large = orders.query({ customerId: 'c1' }).where((o) => o.total.gt(10));
    expect(await large.count()).to.equal(1);
  });

  it('Entities with standard decorators inherit the properties of a base class that is not an entity', async () => {
    await using tables = await DataSource.open('memory:');
    const events = tables.repository(AuditEvent);
    const at = new Date('2026-05-04T03:02:01.000Z');
    await events.insert(Object.assign(new AuditEvent(), { tenantId: 't', at, eventId: 'e', changedBy: 'me' }));
    expect(await events.getOrThrow({ tenantId: 't', at, eventId: 'e' })).to.include({ changedBy: 'me' });
  });

  it('Entities with standard decorators are created from their values by the create function, with defaults', async () => {
    await using tables = await DataSource.open('memory:');
    const payments = tables.repository(Payment);
    const key = { customerId: 'c1', paymentId: 'p1' };
    await payments.insert(payments.create({ ...key, amount: 20, currency: 'EUR' }));
    const found = await payments.getOrThrow(key);
    expect([found.amount, found.method, found.currency]).to.deep.equal([20, 'card', 'EUR']);
    await payments.save(payments.assign(found, { method: 'cash', currency: undefined }));
    expect(await payments.query({ customerId: 'c1' }).where('method', 'eq', 'cash').count()).to.equal(1);
    // @ts-expect-error the currency is missing
    expect(() => payments.create({ ...key, amount: 1 })).to.throw(EntitableError, 'no currency');
    // @ts-expect-error the name is misspelt
    expect(() => payments.create({ ...key, currency: 'EUR', amont: 1 })).to.throw(EntitableError);
  });

  it('Entities can be described without decorators when the standard is in use', async () => {
    await using tables = await DataSource.open('memory:');
    const described = tables.repository(Described);
    await described.insert(Object.assign(new Described(), { group: 'g', name: 'n', size: 3 }));
    expect(await described.getOrThrow({ group: 'g', name: 'n' })).to.include({ size: 3 });
  });

  it('Entities with standard decorators need explicit types: one error names every property whose type is missing', async () => {
    await using tables = await DataSource.open('memory:');
    const refused = (): unknown => tables.repository(Untyped).scan();
    expect(refused).to.throw(EntitableError, /Untyped.*first.*second/s);
  });

  it('Standard decorators refuse at compile time members that they cannot store', () => {
    expect(new Refused()).to.have.keys('sequence', 'tenant', 'etag');
  });
});
