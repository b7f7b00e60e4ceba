import { expect } from 'chai';
import { Guid } from '../../src/edm/guid.js';
import { and, not, or, type Filter } from '../../src/filter/filter.js';
import type { PropertyRefs } from '../../src/filter/property-refs.js';
import type { Repository } from '../../src/repository/repository.js';
import { onEveryStore, type Open } from '../support/every-store.js';
import { DomainEvent, order, Order } from '../support/models.js';

const GUID = Guid.parse('c9da6455-213d-42c9-9a79-3e9149a57833');
const AT = new Date('2026-11-21T09:30:00.123Z');

/** Stores ten orders o0…o9 of c1. The even ones have every property, the odd ones only the required ones. */
async function tenOrders(open: Open): Promise<Repository<Order>> {
  const orders = (await open()).tables.repository(Order);
  for (let index = 0; index < 10; index++) {
    const all = {
      sequence: BigInt(index),
      placedAt: AT,
      correlation: GUID,
      signature: new Uint8Array([index]),
      paid: index > 4,
    };
    await orders.insert(
      order({
        orderId: `o${index}`,
        total: index,
        items: index,
        ...(index % 2 === 0 && { ...all, status: 'open', email: `it's ${index}@é.x`, address: { street: 's' } }),
      }),
    );
  }
  return orders;
}

onEveryStore('A query', (open) => {
  const CASES: readonly (readonly [name: string, (o: PropertyRefs<Order>) => Filter<Order>, ids: string])[] = [
    ['eq of a Double', (o) => o.total.eq(4), '4'],
    ['ne, which leaves out what is missing', (o) => o.status.ne('shipped'), '02468'],
    ['not of eq, which does not', (o) => not(o.status.eq('shipped')), '0123456789'],
    ['gt and le of an Int32', (o) => o.items.gt(2).and(o.items.le(5)), '345'],
    ['ge of an Int64', (o) => o.sequence.ge(6n), '68'],
    ['eq of a DateTime', (o) => and(o.placedAt.eq(AT), o.total.lt(3)), '02'],
    ['eq of a Guid', (o) => o.correlation.eq(GUID).and(o.items.lt(3)), '02'],
    ['eq of bytes', (o) => o.signature.eq(new Uint8Array([6])), '6'],
    ['a Boolean', (o) => o.paid.eq(true), '68'],
    ['a String with quotes and other scripts', (o) => o.email.eq("it's 4@é.x"), '4'],
    ['startsWith', (o) => o.email.startsWith("it's 8"), '8'],
    ['in', (o) => o.items.in([1, 3, 99]), '13'],
    ['between', (o) => o.total.between(7, 8), '78'],
    ['or', (o) => or(o.items.eq(0), o.items.eq(9)), '09'],
    ['isMissing', (o) => o.address.isMissing().and(o.items.lt(4)), '13'],
    ['isPresent', (o) => o.address.isPresent().and(o.items.lt(4)), '02'],
    ['bounds of the row key', (o) => o.orderId.ge('o3').and(o.orderId.lt('o5')), '34'],
    ['one row key', (o) => o.orderId.eq('o7'), '7'],
    ['a contradiction', (o) => o.orderId.eq('o7').and(o.orderId.eq('o8')), ''],
  ];
  it('A query returns the entities that match its filter, for every operator and type', async () => {
    const orders = await tenOrders(open);
    const found: string[] = [];
    for (const [, condition] of CASES) {
      const matches = await orders.query({ customerId: 'c1' }).where(condition).toArray();
      found.push(matches.map(({ orderId }) => orderId.slice(1)).join(''));
    }
    expect(CASES.map(([name], index) => [name, found[index]])).to.deep.equal(CASES.map(([name, , ids]) => [name, ids]));
  });

  it('A query can page, take, count, select and return the first entity', async () => {
    const query = (await tenOrders(open)).query({ customerId: 'c1' });
    const pages: number[] = [];
    for await (const { items } of query.pageSize(4).pages()) pages.push(items.length);
    expect(pages.reduce((sum, length) => sum + length, 0)).to.equal(10);
    expect((await query.pageSize(3).take(7).toArray()).map(({ orderId }) => orderId)).to.deep.equal(
      Array.from({ length: 7 }, (_, index) => `o${index}`),
    );
    expect(await query.where('items', 'gt', 3).count()).to.equal(6);
    expect([await query.exists(), await query.where('items', 'gt', 99).exists()]).to.deep.equal([true, false]);
    expect((await query.where('items', 'gt', 3).first())?.orderId).to.equal('o4');
    expect(await query.where('items', 'in', [2, 3]).select('orderId', 'total', 'sequence').toArray()).to.deep.equal([
      { orderId: 'o2', total: 2, sequence: 2n },
      { orderId: 'o3', total: 3, sequence: undefined },
    ]);
    expect((await query.orderBy('total', 'desc').take(2).toArray()).map(({ total }) => total)).to.deep.equal([9, 8]);
  });

  it('A query resumes at a continuation, and reads several partitions in key order', async () => {
    const orders = await tenOrders(open);
    await orders.insert(order({ customerId: 'c0', orderId: 'x' }));
    const query = orders.query([{ customerId: 'c1' }, { customerId: 'c0' }]).where('items', 'le', 4);
    const found: string[] = [];
    let continuation: string | undefined;
    do {
      const page = await query.page({ pageSize: 2, ...(continuation !== undefined && { continuation }) });
      found.push(...page.items.map(({ orderId }) => orderId));
      continuation = page.continuation;
    } while (continuation !== undefined);
    expect(found).to.deep.equal(['x', 'o0', 'o1', 'o2', 'o3', 'o4']);
  });

  it('A query merges into and deletes the entities that match', async () => {
    const orders = await tenOrders(open);
    const query = orders.query({ customerId: 'c1' });
    expect(await query.where('items', 'lt', 3).merge({ status: 'shipped' })).to.deep.include({ changed: 3 });
    expect(await query.where('status', 'eq', 'shipped').count()).to.equal(3);
    expect(await query.where('items', 'ge', 5).delete()).to.deep.include({ changed: 5 });
    expect(await query.count()).to.equal(5);
  });

  it('A query compares parts of composed keys, including those that sort newest first', async () => {
    const events = (await open()).tables.repository(DomainEvent);
    const stream = { tenantId: 't|1', stream: 's/2' };
    const hour = (at: number): Date => new Date(Date.UTC(2026, 0, 1, at));
    for (let at = 0; at < 5; at++) await events.insert({ ...stream, at: hour(at), eventId: `e${at}`, payload: at });
    const since = await events
      .query(stream)
      .where((e) => e.at.between(hour(1), hour(3)))
      .toArray();
    expect(since.map(({ payload }) => payload)).to.deep.equal([3, 2, 1]);
    expect((await events.scan().where('tenantId', 'eq', 't|1').take(2).toArray()).length).to.equal(2);
  });
});
