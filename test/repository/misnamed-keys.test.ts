import { expect } from 'chai';
import { onEveryStore, rejection } from '../support/every-store.js';
import { DomainEvent, order, Order, Setting } from '../support/models.js';
import { thrown } from '../filter/thrown.js';

const key = { customerId: 'c1', orderId: 'o1' };
const REMEDY =
  'For the one row use get(key) or delete(key), for some rows of the partition where(…), and for all of them leave it out.';

onEveryStore('An object passed as a key with the wrong members', (open) => {
  it('A whole key or an entity is refused in the place of a partition, and no row is deleted', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    await orders.insertMany([order(key), order({ ...key, orderId: 'o2' })]);
    const entity = await orders.getOrThrow(key);
    const unit = tables.unitOfWork();
    for (const ask of [
      () => orders.query(key).delete(),
      () => orders.query(entity).delete(),
      () => orders.query([{ customerId: 'c2' }, key]).delete(),
      () => unit.query(Order, key).toArray(),
    ]) {
      const { code, details, message } = thrown(ask);
      expect({ code, details, message }).to.deep.equal({
        code: 'key.unexpected-part',
        details: { className: 'Order', key: 'RowKey', property: 'orderId' },
        message: `A partition of Order was given with "orderId", which is part of the RowKey: it would be ignored. ${REMEDY}`,
      });
    }
    expect(await orders.query({ customerId: 'c1' }).count()).to.equal(2);
    expect(thrown(() => orders.query({ partitionKey: 'c1', rowKey: 'o1' } as never)).details).to.include({
      property: 'rowKey',
    });
  });

  it('An object without a row key, or with an undefined one, is accepted as a partition, whatever else it has', async () => {
    const { tables } = await open();
    await tables.repository(Setting).insert(Object.assign(new Setting(), { scope: 's', name: 'n' }));
    const partition = { scope: 's', name: undefined, value: 'x' };
    expect(await tables.repository(Setting).query(partition).count()).to.equal(1);
  });

  it('An object with wrong members is refused with an error that names those that the class does not have', async () => {
    const { tables } = await open();
    const error = await rejection(tables.repository(Order).get({ customerId: 'c1', orderid: 'o1' } as never));
    expect(error).to.include({
      code: 'key.missing-part',
      message:
        'Order.orderId is undefined, and the RowKey is composed of it. Give it a value. ' +
        'The object has "orderid", which Order has not: is a name misspelt?',
    });
    const partition = { tenantid: 't', Stream: 's', a: 1, b: 2 };
    expect(thrown(() => tables.repository(DomainEvent).query(partition as never)).message).to.equal(
      'DomainEvent.tenantId is undefined, and the PartitionKey is composed of it. Give it a value. ' +
        'The object has "tenantid", "Stream", "a", which DomainEvent has not: is a name misspelt?',
    );
  });
});
