import { expect } from 'chai';
import { Repository, type Session } from '../../src/repository/repository.js';
import { onEveryStore } from '../support/every-store.js';
import { order, Order } from '../support/models.js';

class Mailer {
  readonly sent: string[] = [];

  send(text: string): void {
    this.sent.push(text);
  }
}

class Orders extends Repository.of(Order) {
  large(customerId: string): Promise<Order[]> {
    return this.query({ customerId })
      .where((o) => o.total.gt(1000))
      .toArray();
  }
}

class AnnouncedOrders extends Repository.of(Order) {
  constructor(
    session: Session,
    readonly mailer: Mailer,
  ) {
    super(session);
  }

  override async insert(entity: Order): Promise<Order> {
    const inserted = await super.insert(entity);
    this.mailer.send(inserted.orderId);
    return inserted;
  }
}

onEveryStore('A custom repository', (open) => {
  it('A custom repository knows its entity class and has queries of its own', async () => {
    const { tables } = await open();
    const orders = tables.repository(Orders);
    await orders.insert(order({ total: 2000 }));
    await orders.insert(order({ orderId: 'o2', total: 1 }));
    expect(orders).to.be.instanceOf(Orders).and.to.be.instanceOf(Repository);
    expect((await orders.large('c1')).map(({ orderId }) => orderId)).to.deep.equal(['o1']);
  });

  it('A custom repository receives the dependencies of its constructor', async () => {
    const { tables } = await open();
    const mailer = new Mailer();
    await tables.repository(AnnouncedOrders, mailer).insert(order());
    expect(mailer.sent).to.deep.equal(['o1']);
  });

  it('A class that extends Repository itself is refused with metadata.not-an-entity, whose message says what to extend', async () => {
    const { tables } = await open();
    class Nobody extends Repository<Order> {}
    expect(() => tables.repository(Nobody as never))
      .to.throw('class Nobody extends Repository.of(Order)')
      .with.property('code', 'metadata.not-an-entity');
  });
});
