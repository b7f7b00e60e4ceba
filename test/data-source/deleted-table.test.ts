import { expect } from 'chai';
import { onEveryStore, rejection } from '../support/every-store.js';
import { order, Order } from '../support/models.js';

onEveryStore('A table that is deleted while a query reads it', (open) => {
  const fill = async () => {
    const opened = await open();
    const orders = opened.tables.repository(Order);
    for (const customerId of ['c1', 'c2', 'c3']) {
      await orders.insertMany(['o1', 'o2', 'o3'].map((orderId) => order({ customerId, orderId })));
    }
    const remove = () => opened.tables.tables.delete(opened.tableName('Orders'));
    return { orders, remove };
  };

  it('A table that is deleted between two pages of a scan throws store.table-not-found', async () => {
    const { orders, remove } = await fill();
    const pages = orders.scan().pageSize(2).pages()[Symbol.asyncIterator]();
    expect(await pages.next())
      .to.have.nested.property('value.items')
      .with.lengthOf(2);
    await remove();
    expect(await rejection(pages.next())).to.have.property('code', 'store.table-not-found');
  });

  it('A table that is deleted between two partitions of a query throws store.table-not-found', async () => {
    const { orders, remove } = await fill();
    const partitions = Array.from({ length: 20 }, (_, index) => ({ customerId: `c${index + 1}` }));
    const pages = orders.query(partitions).pageSize(2).pages()[Symbol.asyncIterator]();
    expect(await pages.next())
      .to.have.nested.property('value.items')
      .with.lengthOf(2);
    await remove();
    const rest = async (): Promise<void> => {
      while ((await pages.next()).done !== true);
    };
    expect(await rejection(rest())).to.have.property('code', 'store.table-not-found');
  });

  it('A table that is deleted before a continuation is used throws store.table-not-found', async () => {
    const { orders, remove } = await fill();
    const query = orders.scan().pageSize(2);
    const { continuation } = await query.page();
    await remove();
    expect(await rejection(query.page({ continuation: continuation! }))).to.have.property(
      'code',
      'store.table-not-found',
    );
    expect(await query.page()).to.deep.equal({ items: [] });
  });
});
