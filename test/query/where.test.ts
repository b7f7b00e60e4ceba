import { expect } from 'chai';
import { codeOf, thrown } from '../filter/thrown.js';
import {
  Entity,
  ETag,
  filter,
  filterFromJSON,
  newestFirst,
  not,
  or,
  PartitionKey,
  Property,
  RowKey,
  type Query,
} from '../../src/index.js';
import { openTestSource } from '../../src/testing/index.js';

@Entity({ table: 'Orders', rowKey: '{at}|{id}' })
class Order {
  @PartitionKey() customer!: PartitionKey;
  @RowKey({ converter: newestFirst }) at!: RowKey<Date>;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) status?: 'open' | 'shipped';
  @Property({ type: 'Double', name: 'amount' }) total?: number;
  @Property({ type: 'Int64' }) version?: bigint;
  @ETag() etag?: ETag;
}

const at = new Date('2026-11-21T00:00:00.000Z');
const order = (id: string, total: number, status: Order['status']): Order =>
  Object.assign(new Order(), { customer: 'c', at, id, total, status, version: 1n });

/** A query without types, as JavaScript sees it. */
interface Untyped {
  where(...said: readonly unknown[]): Query<Order>;
}

describe('where', () => {
  let test: Awaited<ReturnType<typeof openTestSource>>;
  let query: Query<Order>;
  const untyped = (...said: readonly unknown[]): Query<Order> => (query as unknown as Untyped).where(...said);
  const ids = async (asked: Query<Order>): Promise<readonly string[]> => (await asked.toArray()).map(({ id }) => id);

  beforeEach(async () => {
    test = await openTestSource();
    const orders = test.tables.repository(Order);
    await orders.insertMany([order('a', 20, 'open'), order('b', 20, 'shipped'), order('c', 30, 'open')]);
    query = orders.query({ customer: 'c' });
    test.takeRequests();
  });
  afterEach(() => test.tables.close());

  it('where names the properties that can be compared if one is unknown, and select explains that names are passed one by one', () => {
    expect(thrown(() => untyped('totl', 'eq', 1)).message).to.equal(
      'Order has no stored property "totl". It has: customer, at, id, status, total, version.',
    );
    expect(thrown(() => query.select(['total'] as never)).message).to.equal(
      "select takes names one by one, as in select('a', 'b'), not an array.",
    );
  });

  describe('where with an object', () => {
    it('where with an object requires every property to equal its value', async () => {
      const asked = query.where({ status: 'open', total: 20 });
      expect(asked.compile().filter).to.equal("PartitionKey eq 'c' and status eq 'open' and amount eq 20.0");
      expect(await ids(asked)).to.deep.equal(['a']);
      expect(await ids(query.where({ version: 1n }).where({ total: 30 }))).to.deep.equal(['c']);
    });

    it('where with an object accepts keys like any filter: both together are a point read', async () => {
      const asked = test.tables.repository(Order).scan().where({ customer: 'c', at, id: 'b' });
      expect(asked.explain()).to.include({ plan: 'point', requests: 1 });
      expect(await ids(asked)).to.deep.equal(['b']);
    });

    it('filter with an object creates a filter that can be combined', async () => {
      const either = or(filter(Order, { total: 30 }), filter(Order, { status: 'shipped' }));
      expect(await ids(query.where(either))).to.deep.equal(['b', 'c']);
      expect(await ids(query.where(not(filter(Order, { status: 'open', total: 20 }))))).to.deep.equal(['b', 'c']);
    });

    it('where distinguishes a filter from an object of values', async () => {
      const open = filter(Order, (o) => o.status.eq('open'));
      expect(await ids(query.where(open))).to.deep.equal(['a', 'c']);
    });

    for (const [what, said, code] of [
      ['an undefined value, which would match everything', { status: undefined, total: 20 }, 'query.invalid-operand'],
      ['a null value', { status: null }, 'query.invalid-operand'],
      ['several values', { status: ['open', 'shipped'] }, 'query.invalid-operand'],
      ['a value of another type', { total: '20' }, 'query.invalid-operand'],
      ['an unknown name', { state: 'open' }, 'query.unknown-property'],
      ['a stored name', { amount: 20 }, 'query.unknown-property'],
      ['the ETag', { etag: 'x' }, 'query.not-comparable'],
      ['an empty object', {}, 'query.invalid-filter'],
      ['a Date', new Date(0), 'query.invalid-filter'],
      ['a Map', new Map([['status', 'open']]), 'query.invalid-filter'],
      ['an array', [{ status: 'open' }], 'query.invalid-filter'],
      ['a missing argument', undefined, 'query.invalid-filter'],
    ] as const) {
      it(`where with an object rejects ${what}`, () => {
        expect(codeOf(() => untyped(said).toArray())).to.equal(code);
      });
    }

    it('where with an empty object names what is missing', () => {
      expect(thrown(() => untyped({}))).to.include({
        message:
          "An object that names properties was expected, not an empty Object. Name at least one: where({ status: 'open' }); to take every row, leave where out.",
      });
    });
  });

  describe('where with an empty list', () => {
    const none: readonly string[] = [];

    it('where with an empty list matches nothing, without a request', async () => {
      for (const asked of [
        query.where('status', 'in', []),
        query.where('status', 'in', none),
        query.where((o) => o.status.in(none)),
        query.where((o) => o.total.gt(1).and(o.id.in([]))),
        query.where('at', 'in', []),
        query.where(filterFromJSON(Order, { property: 'status', operator: 'in', operands: [] })),
      ]) {
        expect(asked.explain()).to.include({ requests: 0 });
        expect(await asked.toArray()).to.deep.equal([]);
        expect(await asked.count()).to.equal(0);
        expect(await asked.exists()).to.equal(false);
        expect(await asked.page()).to.deep.equal({ items: [] });
        expect(await asked.delete()).to.deep.include({ changed: 0 });
      }
      expect(test.takeRequests()).to.deep.equal([]);
    });

    it('where with an empty list matches nothing in an or, and everything if it is negated', async () => {
      expect(await ids(query.where((o) => o.status.in([]).or(o.total.eq(30))))).to.deep.equal(['c']);
      expect(await ids(query.where((o) => not(o.status.in([]))))).to.deep.equal(['a', 'b', 'c']);
      expect(query.where((o) => not(o.status.in([]))).compile().filter).to.equal("PartitionKey eq 'c'");
    });

    it('where with an empty list survives JSON, in which the list must be present', () => {
      const json = JSON.parse(JSON.stringify(filter(Order, (o) => o.status.in([])))) as unknown;
      expect(json).to.deep.equal({ property: 'status', operator: 'in', operands: [] });
      expect(query.where(filterFromJSON(Order, json)).explain()).to.include({ requests: 0 });
      expect(codeOf(() => filterFromJSON(Order, { property: 'status', operator: 'in' }))).to.equal(
        'query.invalid-filter',
      );
    });

    it('where with an empty list is rejected where every value would be rejected', () => {
      expect(codeOf(() => untyped('etag', 'in', []))).to.equal('query.not-comparable');
      expect(codeOf(() => untyped('state', 'in', []))).to.equal('query.unknown-property');
      expect(codeOf(() => untyped('status', 'in', undefined))).to.equal('query.invalid-operand');
    });
  });

  it('where with a list of plain strings accepts input from outside for a union of literals', async () => {
    const asked: readonly string[] = JSON.parse('["open","lost"]') as readonly string[];
    expect(await ids(query.where('status', 'in', asked))).to.deep.equal(['a', 'c']);
    expect(await ids(query.where((o) => o.status.in(asked)))).to.deep.equal(['a', 'c']);
  });
});
