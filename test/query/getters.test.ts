import { expect } from 'chai';
import { DataSource, Entity, PartitionKey, Property, RowKey, type Query, type Repository } from '../../src/index.js';
import { rejection } from '../support/every-store.js';

class Base {
  get inherited(): string {
    throw new Error('a getter is never called to say what is wrong');
  }
}

@Entity({ table: 'Orders' })
class Order extends Base {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() orderId!: RowKey;
  @Property({ type: 'Double' }) total!: number;

  get isLarge(): boolean {
    return this.total > 1000;
  }

  @Property({ type: 'String' }) get label(): string {
    return `order ${this.orderId}`;
  }
  set label(_stored: string) {}
}

const KEY = { customerId: 'c', orderId: 'o' };

describe('A getter of an entity class', () => {
  let orders: Repository<Order>;
  let query: Query<Order>;

  beforeEach(async () => {
    orders = (await DataSource.open('memory:')).repository(Order);
    await orders.insert(orders.create({ ...KEY, total: 5, label: '' }));
    query = orders.query({ customerId: 'c' });
  });

  for (const name of ['isLarge', 'inherited'] as const) {
    it(`A getter that is not stored is rejected in a query, and the error says that it is a getter: ${name}`, async () => {
      const asked: readonly (() => unknown)[] = [
        () => query.where(name, 'isPresent'),
        () => query.where((order) => order[name].isPresent()),
        () => query.where({ [name]: true } as never),
        () => query.select(name),
        () => query.orderBy(name as never),
      ];
      for (const ask of asked) {
        expect(await rejection((async () => ask())())).to.deep.include({
          code: 'query.unknown-property',
          message:
            `Order has no stored property "${name}": it is computed by a getter of the class. ` +
            'It has: customerId, orderId, total, label.',
          details: { className: 'Order', property: name },
        });
      }
    });

    it(`A getter that is not stored is rejected in a patch, and the error says that it is a getter: ${name}`, async () => {
      const patch = { [name]: 'x' } as never;
      const changes: readonly (() => Promise<unknown>)[] = [
        () => orders.merge(KEY, patch),
        () => query.merge(patch),
        () => query.merge(() => patch),
        async () => orders.assign(await orders.getOrThrow(KEY), patch),
      ];
      for (const change of changes) {
        expect(await rejection(change())).to.deep.include({
          code: 'validation.unknown-property',
          message: `A patch of Order names ${name}, which is computed by a getter of the class, and not stored. Leave it out.`,
          details: { className: 'Order', property: name },
        });
      }
    });
  }

  it('A getter that is stored can be filtered by and selected', async () => {
    expect(await query.where('label', 'eq', 'order o').select('label').toArray()).to.deep.equal([{ label: 'order o' }]);
  });

  it('A getter is distinguished from a name that the class does not have, and from members of every object', async () => {
    for (const name of ['totl', 'toString', '__proto__']) {
      expect(await rejection((async () => query.select(name as never))())).to.have.property(
        'message',
        `Order has no stored property "${name}". It has: customerId, orderId, total, label.`,
      );
    }
  });
});
