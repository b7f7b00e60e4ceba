import { expect } from 'chai';
import { filter } from '../../src/filter/make-filter.js';
import { not, or, type Filter } from '../../src/filter/filter.js';
import type { PropertyRefs } from '../../src/filter/property-refs.js';
import { EntityMapper } from '../../src/mapping/entity-mapper.js';
import type { EntityClass } from '../../src/metadata/key-types.js';
import { metadataOf } from '../../src/metadata/metadata-of.js';
import { partitionQuery, tableQuery } from '../../src/query/query-factory.js';
import type { QueryPlanKind } from '../../src/query/explain.js';
import { DomainEvent, Order } from '../filter/entities.js';
import { thrown } from '../filter/thrown.js';
import { RecordingStore } from './recording-store.js';

function mapperOf<T extends object>(entityClass: EntityClass<T>, ordered = true): EntityMapper<T> {
  return new EntityMapper(metadataOf(entityClass), new RecordingStore([], { ordered }));
}

const numbers = (count: number): [number, ...number[]] =>
  Array.from({ length: count }, (_, index) => index) as [number, ...number[]];

describe('The plan of a query', () => {
  const orders = mapperOf(Order);
  type Where = (o: PropertyRefs<Order>) => Filter<Order>;
  const cases: readonly (readonly [title: string, where: Where, plan: QueryPlanKind, filters: readonly string[]])[] = [
    ['a fixed key is a point read', (o) => o.orderId.eq('a'), 'point', ["PartitionKey eq 'p' and RowKey eq 'a'"]],
    [
      'a fixed key with other conditions is a range of one key',
      (o) => o.orderId.eq('a').and(o.total.gt(1)),
      'row range',
      ["PartitionKey eq 'p' and RowKey eq 'a' and total gt 1.0"],
    ],
    [
      'bounds on the row key are a range of row keys',
      (o) => o.orderId.gt('a').and(o.orderId.le('b'), o.paid.eq(true)),
      'row range',
      ["PartitionKey eq 'p' and RowKey gt 'a' and RowKey le 'b' and paid eq true"],
    ],
    [
      'the stricter of two bounds applies',
      (o) => o.orderId.gt('a').and(o.orderId.ge('a'), o.orderId.startsWith('a')),
      'row range',
      ["PartitionKey eq 'p' and RowKey gt 'a' and RowKey lt 'b'"],
    ],
    [
      'several keys are point reads in key order',
      (o) => o.orderId.in(['b', 'a', 'b']),
      'point',
      ["PartitionKey eq 'p' and RowKey eq 'a'", "PartitionKey eq 'p' and RowKey eq 'b'"],
    ],
    [
      'several ranges are read separately, and overlapping ones together',
      (o) => or(o.orderId.startsWith('a'), o.orderId.between('ab', 'c'), o.orderId.gt('x')),
      'row range',
      ["PartitionKey eq 'p' and RowKey ge 'a' and RowKey le 'c'", "PartitionKey eq 'p' and RowKey gt 'x'"],
    ],
    [
      'several keys outside the bounds read nothing',
      (o) => o.orderId.in(['a', 'b']).and(o.orderId.gt('b')),
      'nothing',
      [],
    ],
    [
      'conditions on other properties read the partition',
      (o) => o.total.gt(1),
      'partition',
      ["PartitionKey eq 'p' and total gt 1.0"],
    ],
    [
      'a negated bound is not a range',
      (o) => not(o.orderId.gt('a')),
      'partition',
      ["PartitionKey eq 'p' and not (RowKey gt 'a')"],
    ],
    [
      'a key joined by or with another condition is not a range',
      (o) => o.orderId.eq('a').or(o.total.gt(1)),
      'partition',
      ["PartitionKey eq 'p' and (RowKey eq 'a' or total gt 1.0)"],
    ],
    ['contradicting keys read nothing', (o) => o.orderId.eq('a').and(o.orderId.eq('b')), 'nothing', []],
    ['contradicting bounds read nothing', (o) => o.orderId.ge('b').and(o.orderId.lt('b')), 'nothing', []],
    ['a condition for another partition reads nothing', (o) => o.customerId.eq('q'), 'nothing', []],
    ['a key that no row can have reads nothing', (o) => o.orderId.eq('a#b'), 'nothing', []],
    ['a key that is too long reads nothing', (o) => o.orderId.eq('a'.repeat(513)), 'nothing', []],
  ];
  for (const [title, where, plan, filters] of cases) {
    it(`The plan of a query: ${title}`, () => {
      const explained = partitionQuery(orders, 'p').where(filter(Order, where)).explain();
      expect({ plan: explained.plan, filters: explained.filters, requests: explained.requests }).to.deep.equal({
        plan,
        filters,
        requests: filters.length,
      });
    });
  }

  it('The plan of a query reads partitions one by one if they are known', () => {
    const ofTwo = ["PartitionKey eq 'a' and total gt 1.0", "PartitionKey eq 'b' and total gt 1.0"];
    expect(partitionQuery(orders, ['b', 'a', 'b']).where('total', 'gt', 1).explain().filters).to.deep.equal(ofTwo);
    const query = tableQuery(orders).where('customerId', 'in', ['b', 'a']).where('total', 'gt', 1);
    expect(query.explain()).to.deep.equal({
      plan: 'partition',
      requests: 2,
      comparisons: 2,
      filters: ofTwo,
      onClient: [],
    });
    expect(query.compile().filter).to.equal(`(${ofTwo[0]}) or (${ofTwo[1]})`);
    expect(
      tableQuery(orders).where('customerId', 'in', ['b', 'a']).where('orderId', 'in', ['x', 'y']).explain().filters,
    ).to.deep.equal([
      "PartitionKey eq 'a' and RowKey eq 'x'",
      "PartitionKey eq 'a' and RowKey eq 'y'",
      "PartitionKey eq 'b' and RowKey eq 'x'",
      "PartitionKey eq 'b' and RowKey eq 'y'",
    ]);
  });

  it('The plan of a query is a table scan if no partition is known', () => {
    expect(tableQuery(orders).explain()).to.deep.equal({
      plan: 'table scan',
      requests: 1,
      comparisons: 0,
      filters: [''],
      onClient: [],
    });
    expect(tableQuery(orders).where('orderId', 'in', ['x', 'y']).explain().filters).to.deep.equal([
      "RowKey eq 'x' or RowKey eq 'y'",
    ]);
    expect(tableQuery(mapperOf(DomainEvent)).where('tenantId', 'in', ['b', 'a']).explain().filters).to.deep.equal([
      "PartitionKey ge 'TENANT|a|' and PartitionKey lt 'TENANT|a}' and RowKey ge 'event|' and RowKey lt 'event}'",
      "PartitionKey ge 'TENANT|b|' and PartitionKey lt 'TENANT|b}' and RowKey ge 'event|' and RowKey lt 'event}'",
    ]);
  });

  it('The plan of a query splits an "in" with many values evenly, and merges the results', () => {
    const plan = partitionQuery(orders, 'p').where('items', 'in', numbers(40)).where('paid', 'eq', true).explain();
    expect({ ...plan, filters: plan.filters.map((text) => text.match(/items eq/g)?.length) }).to.deep.equal({
      plan: 'partition',
      requests: 4,
      comparisons: 12,
      filters: [10, 10, 10, 10],
      onClient: ['merges the answers of 4 requests by key'],
    });
    expect(plan.filters[3]).to.equal(
      `PartitionKey eq 'p' and (${numbers(40)
        .slice(30)
        .map((n) => `items eq ${n}`)
        .join(' or ')}) and paid eq true`,
    );
  });

  it('The plan of a query splits two long "in" conditions against each other if it must', () => {
    const plan = partitionQuery(orders, 'p')
      .where('items', 'in', numbers(20))
      .where('total', 'in', numbers(20))
      .explain();
    expect(Math.max(plan.comparisons)).to.be.at.most(15);
    const pairs = new Set(
      plan.filters.flatMap((text) =>
        [...text.matchAll(/items eq (\d+)/g)].flatMap(([, i]) =>
          [...text.matchAll(/total eq (\d+)/g)].map(([, t]) => `${i}/${t}`),
        ),
      ),
    );
    expect(pairs.size).to.equal(400);
  });

  it('The plan of a query sends a duplicate value only once', () => {
    const values = [0, -0, ...numbers(20)] as [number, ...number[]];
    const asked = partitionQuery(orders, 'p')
      .where('total', 'in', values)
      .explain()
      .filters.flatMap((text) => text.match(/total eq/g));
    expect(asked).to.have.length(20);
  });

  it('The plan of a query splits a filter that is too long for a URL', () => {
    const texts = numbers(10).map((n) => `${n}`.repeat(1000)) as [string, ...string[]];
    const { filters } = partitionQuery(orders, 'p').where('email', 'in', texts).explain();
    expect(filters.length).to.be.greaterThan(1);
    expect(Math.max(...filters.map((text) => text.length))).to.be.lessThan(5000);
  });

  it('The plan of a query rejects many values that are negated or joined by or, and the error names the remedy', () => {
    const wheres: readonly Where[] = [
      (o) => not(o.items.in(numbers(16))),
      (o) => o.items.in(numbers(16)).or(o.paid.eq(true)),
      (o) => or(...(numbers(16).map((n) => o.items.gt(n)) as [Filter<Order>])),
    ];
    for (const where of wheres) {
      const { code, details, message } = thrown(() => partitionQuery(orders, 'p').where(where).explain());
      expect(code).to.equal('query.too-many-comparisons');
      expect(details).to.have.property('limit', 15);
      expect(message).to.include('Ask several queries');
    }
  });

  it('The plan of a query reads split requests one after the other if the store has no order', () => {
    const plan = partitionQuery(mapperOf(Order, false), 'p').where('items', 'in', numbers(20)).explain();
    expect({ requests: plan.requests, onClient: plan.onClient }).to.deep.equal({ requests: 2, onClient: [] });
  });

  it('The plan of a query names the orders sorted on the client, and key order is not one', () => {
    const inPartition = partitionQuery(orders, 'p');
    expect(inPartition.orderBy('total', 'desc').orderBy('items').explain().onClient).to.deep.equal([
      'reads every match and sorts by total desc, items asc',
    ]);
    expect(inPartition.orderBy('orderId').explain().onClient).to.deep.equal([]);
    expect(inPartition.orderBy('orderId', 'desc').explain().onClient).to.have.length(1);
    expect(partitionQuery(orders, ['p', 'q']).orderBy('orderId').explain().onClient).to.have.length(1);
    expect(tableQuery(orders).orderBy('customerId').explain().onClient).to.deep.equal([]);
    expect(partitionQuery(mapperOf(Order, false), 'p').orderBy('orderId').explain().onClient).to.have.length(1);
  });
});
