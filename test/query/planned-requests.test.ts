import { expect } from 'chai';
import { inspect } from 'node:util';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { and, not, or, type Filter } from '../../src/filter/filter.js';
import { filterFromJSON } from '../../src/filter/filter-json.js';
import { filter } from '../../src/filter/make-filter.js';
import { EntityMapper } from '../../src/mapping/entity-mapper.js';
import { metadataOf } from '../../src/metadata/metadata-of.js';
import { partitionQuery, tableQuery } from '../../src/query/query-factory.js';
import { Order } from '../filter/entities.js';
import { codeOf, thrown } from '../filter/thrown.js';
import { RecordingStore } from './recording-store.js';

const orders = new EntityMapper(metadataOf(Order), new RecordingStore());
const scan = tableQuery(orders);
const inPartition = partitionQuery(orders, 'c');

const values = <V>(count: number, make: (index: number) => V): [V, ...V[]] =>
  Array.from({ length: count }, (_, index) => make(index)) as [V, ...V[]];
const keys = (count: number): [string, ...string[]] => values(count, (index) => `k${index}`);
const inList = (
  property: string,
  count: number,
  make: (index: number) => string | number = (index) => `k${index}`,
) => ({
  property,
  operator: 'in',
  operands: values(count, make),
});

describe('The requests that a query plans', () => {
  it('The requests that a query plans are multiplied by the values of every "in" on a key, and by the parts of a long one', () => {
    const query = scan.where('customerId', 'in', keys(3)).where('orderId', 'in', keys(4));
    expect(query.explain().requests).to.equal(12);
    expect(query.where('total', 'in', values(30, Number)).explain().requests).to.equal(36);
  });

  it('The requests that a query plans are limited to 1,000, and more are rejected before any is planned', () => {
    const refused = (json: unknown): unknown => {
      const { code, details } = thrown(() => scan.where(filterFromJSON(Order, json)).explain());
      return { code, ...details };
    };
    expect([
      refused({ and: [inList('customerId', 300), inList('orderId', 300)] }),
      refused({ and: [inList('customerId', 490), inList('orderId', 490)] }),
      refused({ and: [inList('customerId', 150), inList('orderId', 150), inList('total', 150, Number)] }),
    ]).to.deep.equal([
      { code: 'query.too-many-requests', count: 90_000, limit: 1000 },
      { code: 'query.too-many-requests', count: 240_100, limit: 1000 },
      { code: 'query.too-many-requests', count: 22_500, limit: 1000 },
    ]);
    expect(
      refused({ and: [inList('customerId', 30), inList('orderId', 30), inList('total', 150, Number)] }),
    ).to.include({
      code: 'query.too-many-requests',
      limit: 1000,
    });
    expect(
      refused({ and: [inList('total', 300, Number), inList('items', 300, Number), inList('email', 300)] }),
    ).to.include({
      code: 'query.too-many-requests',
    });
  });

  it('The requests that a query plans are counted without building them: 200,000 values of a key are rejected with their number', () => {
    const { code, details, message } = thrown(() => inPartition.where('orderId', 'in', keys(200_000)).explain());
    expect({ code, details }).to.deep.equal({
      code: 'query.too-many-requests',
      details: { count: 200_000, limit: 1000 },
    });
    expect(message)
      .to.match(/200000 requests at least, and may be 1000/)
      .and.to.match(/maxRequests\(n\)/);
    expect(codeOf(() => inPartition.where('total', 'in', values(200_000, Number)).compile())).to.equal(
      'query.too-many-requests',
    );
  });

  it('The requests that a query plans can be limited by the query or the data source', async () => {
    const many = inPartition.where('orderId', 'in', keys(1500));
    expect(codeOf(() => many.explain())).to.equal('query.too-many-requests');
    expect(many.maxRequests(1500).explain().requests).to.equal(1500);
    expect(codeOf(() => many.maxRequests(1499).explain())).to.equal('query.too-many-requests');

    await using tables = await DataSource.open('memory:', { maxQueryRequests: 2 });
    const query = tables.repository(Order).query({ customerId: 'c' });
    expect(thrown(() => query.where('orderId', 'in', keys(3)).explain()).details).to.deep.equal({ count: 3, limit: 2 });
    expect(query.where('orderId', 'in', keys(3)).maxRequests(3).explain().requests).to.equal(3);
    expect(query.where('orderId', 'in', keys(2)).explain().requests).to.equal(2);
    for (const count of [0, 1.5, '5', null]) {
      expect(codeOf(() => query.maxRequests(count as never))).to.equal('validation.invalid-option');
      const opened = DataSource.open('memory:', { maxQueryRequests: count as never });
      expect(
        await opened.then(
          () => 'opened',
          (error: unknown) => EntitableError.is(error) && error.code,
        ),
      ).to.equal('validation.invalid-option');
    }
  });

  it('The requests that a query plans may be one for each listed partition, however many, but not more', () => {
    const partitions = partitionQuery(orders, keys(3000));
    expect(partitions.where('total', 'gt', 1).explain().requests).to.equal(3000);
    expect(codeOf(() => partitions.where('orderId', 'in', ['a', 'b']).explain())).to.equal('query.too-many-requests');
    expect(codeOf(() => partitions.maxRequests(100).explain())).to.equal('query.too-many-requests');
  });

  it('The requests that a query plans are those for the values that all "in" on a key have in common', () => {
    const twice = scan.where('customerId', 'in', ['a', 'b', 'c']).where('customerId', 'in', ['b', 'c', 'd']);
    expect(twice.explain().filters).to.deep.equal(["PartitionKey eq 'b'", "PartitionKey eq 'c'"]);
    const ranges = inPartition.where((o) =>
      and(or(o.orderId.startsWith('a'), o.orderId.gt('x')), or(o.orderId.lt('ab'), o.orderId.between('y', 'z'))),
    );
    expect(ranges.explain().filters).to.deep.equal([
      "PartitionKey eq 'c' and RowKey ge 'a' and RowKey lt 'ab'",
      "PartitionKey eq 'c' and RowKey ge 'y' and RowKey le 'z'",
    ]);
    expect(inPartition.where('customerId', 'in', ['a', 'b']).explain().requests).to.equal(0);
  });

  it('The requests that a query plans leave room for a page to resume after a row', async () => {
    const store = new RecordingStore(
      values(60, (index) => ({
        partitionKey: `p${index % 3}`,
        rowKey: `o${String(index).padStart(2, '0')}`,
        values: { items: { type: 'Int32', value: index % 30 } },
      })),
    );
    const query = tableQuery(new EntityMapper(metadataOf(Order), store)).where('items', 'in', values(30, Number));
    const found: string[] = [];
    let continuation: string | undefined;
    do {
      const page = await query.page({ continuation, pageSize: 7 });
      found.push(...page.items.map(({ orderId }) => orderId));
      ({ continuation } = page);
    } while (continuation !== undefined);
    expect(found).to.deep.equal((await query.toArray()).map(({ orderId }) => orderId));
    expect(found.length).to.equal(60);
  });
});

describe('A page of a query without room for more comparisons', () => {
  it('A page of a query without room for more comparisons still resumes after a row', async () => {
    const store = new RecordingStore(
      values(20, (index) => ({
        partitionKey: 'c',
        rowKey: `o${String(index).padStart(2, '0')}`,
        values: { items: { type: 'Int32', value: index % 2 } },
      })),
    );
    const mapper = new EntityMapper(metadataOf(Order), store);
    let query = partitionQuery(mapper, 'c').where('items', 'in', [0, 1]);
    for (let most = 100; most < 113; most++) query = query.where('items', 'lt', most);
    expect(query.explain()).to.include({ requests: 2, comparisons: 15 });
    const found: string[] = [];
    let continuation: string | undefined;
    do {
      const page = await query.page({ continuation, pageSize: 3 });
      found.push(...page.items.map(({ orderId }) => orderId));
      ({ continuation } = page);
    } while (continuation !== undefined);
    expect(found).to.deep.equal((await query.toArray()).map(({ orderId }) => orderId));
    expect(found.length).to.equal(20);
  });
});

describe('A filter built in a loop', () => {
  const positive = filter(Order, (o) => o.total.gt(0));

  it('A filter built in a loop grows without being copied: 20,000 comparisons are counted, and rejected', () => {
    let chained: Filter<Order> = positive;
    let anyOf: Filter<Order> = positive;
    let query = inPartition;
    for (let index = 1; index < 20_000; index++) {
      chained = chained.and(positive);
      anyOf = positive.or(anyOf);
    }
    for (let index = 0; index < 20_000; index++) query = query.where(positive);
    for (const long of [inPartition.where(chained), inPartition.where(anyOf), query]) {
      const { code, details } = thrown(() => long.compile());
      expect({ code, details }).to.deep.equal({
        code: 'query.too-many-comparisons',
        details: { count: 20_001, limit: 15 },
      });
    }
    expect(String(chained)).to.have.length('total gt … and '.length * 20_000 - ' and '.length);
    expect(JSON.parse(JSON.stringify(anyOf)))
      .to.have.property('or')
      .with.length(20_000);
  });

  it('A filter built in a loop is rejected if it nests more than 100 deep, and never overflows the stack', () => {
    const nested = (levels: number): Filter<Order> => {
      let deep: Filter<Order> = positive;
      for (let level = 0; level < levels; level++) {
        deep = level % 3 === 0 ? not(deep) : level % 3 === 1 ? and(deep, positive) : or(deep, positive);
      }
      return deep;
    };
    for (const levels of [101, 100_000]) {
      const deep = nested(levels);
      expect(codeOf(() => inPartition.where(deep))).to.equal('query.invalid-filter');
      expect(codeOf(() => JSON.stringify(deep))).to.equal('query.invalid-filter');
      expect(String(deep)).to.contain('…');
      expect(inspect(deep, { depth: Infinity, showHidden: true })).to.be.a('string');
    }
    expect(codeOf(() => inPartition.where(nested(100)).explain())).to.equal('query.too-many-comparisons');
    expect(inPartition.where(nested(12)).explain().requests).to.equal(1);
  });

  it('A filter built in a loop shows no operand, however it is inspected', () => {
    const secret = filter(Order, (o) => or(o.email.eq('secret'), o.status.in(['open'])));
    expect(inspect(secret, { depth: Infinity, showHidden: true, getters: false })).not.to.contain('secret');
    expect(inspect(inPartition.where(secret), { depth: Infinity, showHidden: true })).not.to.contain('secret');
  });

  it('A filter as JSON that nests too deep is rejected, however deep', () => {
    const text = `${'{"not":'.repeat(50_000)}{"property":"paid","operator":"isPresent"}${'}'.repeat(50_000)}`;
    expect(codeOf(() => filterFromJSON(Order, JSON.parse(text)))).to.equal('query.invalid-filter');
    const arrays = `${'{"and":['.repeat(50_000)}{"property":"paid","operator":"isPresent"}${']}'.repeat(50_000)}`;
    expect(codeOf(() => filterFromJSON(Order, JSON.parse(arrays)))).to.equal('query.invalid-filter');
  });
});
