import { expect } from 'chai';
import { openTestSource } from 'entitable/testing';
import { rejection } from '../support/every-store.js';
import { order, Order } from '../support/models.js';

describe('A test source', () => {
  it('A test source starts empty, has a fixed clock and counting Guids, and records its requests', async () => {
    await using test = await openTestSource();
    const orders = test.tables.repository(Order);
    const [first, second] = [await orders.insert(order()), await orders.insert(order({ orderId: 'o2' }))];
    expect(first.updatedAt).to.deep.equal(new Date('2026-01-01T00:00:00Z'));
    expect(second.updatedAt).to.deep.equal(first.updatedAt);
    expect(second.etag).not.to.equal(first.etag);
    expect(test.takeRequests()).to.deep.equal(['insert', 'createTable', 'insert', 'insert']);

    test.clock.advance(60_000);
    first.total = 7;
    await orders.save(first);
    expect(first.updatedAt).to.deep.equal(new Date('2026-01-01T00:01:00Z'));
    await orders.query({ customerId: 'c1' }).toArray();
    expect(test.requests.map(({ kind }) => kind)).to.deep.equal(['submit', 'scan']);
    expect(test.takeRequests()).to.deep.equal(['merge', 'scan']);
    expect(test.takeRequests()).to.deep.equal([]);
    expect([test.nextGuid(), test.nextGuid()].map(String)).to.deep.equal([
      '00000000-0000-4000-8000-000000000001',
      '00000000-0000-4000-8000-000000000002',
    ]);
  });

  it('A test source takes the options of a data source, including the limits of Cosmos, and closes with its block', async () => {
    const test = await openTestSource({ limits: 'cosmos', ensureTables: 'never' });
    const orders = test.tables.repository(Order);
    expect(await rejection(orders.get({ customerId: 'c1', orderId: 'o1' }))).to.have.property(
      'code',
      'store.table-not-found',
    );
    expect(await rejection(orders.insert(order({ orderId: 'x'.repeat(256) })))).to.have.property(
      'code',
      'key.too-long',
    );
    await test[Symbol.asyncDispose]();
    expect(await rejection(orders.scan().toArray())).to.have.property('code', 'store.closed');
  });
});
