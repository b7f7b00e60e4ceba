import { expect } from 'chai';
import { EntityMapper } from '../../src/mapping/entity-mapper.js';
import type { EntityClass } from '../../src/metadata/key-types.js';
import { metadataOf } from '../../src/metadata/metadata-of.js';
import type { ServiceLimits } from '../../src/store/limits.js';
import { filter } from '../../src/filter/make-filter.js';
import { partitionQuery, tableQuery } from '../../src/query/query-factory.js';
import { Day, DomainEvent, Order } from '../filter/entities.js';
import { codeOf, thrown } from '../filter/thrown.js';
import { RecordingStore } from './recording-store.js';

function mapperOf<T extends object>(entityClass: EntityClass<T>, limits?: Partial<ServiceLimits>): EntityMapper<T> {
  return new EntityMapper(metadataOf(entityClass), new RecordingStore([], { ...(limits && { limits }) }));
}

describe('A compiled query', () => {
  const orders = mapperOf(Order);
  const inPartition = partitionQuery(orders, 'c1');

  it('A compiled query contains the partition, the bounds on row keys and the other conditions, in this order', () => {
    const query = inPartition
      .where((o) => o.total.gt(1000).and(o.status.in(['open', 'shipped'])))
      .where('orderId', 'startsWith', '2026-')
      .select('orderId', 'total', 'updatedAt')
      .take(50);
    expect(query.compile()).to.deep.equal({
      table: 'Orders',
      filter:
        "PartitionKey eq 'c1' and RowKey ge '2026-' and RowKey lt '2026.' and total gt 1000.0 and (status eq 'open' or status eq 'shipped')",
      select: ['total', 'Timestamp'],
      take: 50,
      pageSize: 50,
    });
    expect(Object.isFrozen(query.compile())).to.equal(true);
  });

  it('A compiled query without conditions reads everything', () => {
    expect(tableQuery(orders).compile()).to.deep.equal({ table: 'Orders', filter: '', pageSize: 1000 });
    expect(inPartition.compile()).to.deep.equal({ table: 'Orders', filter: "PartitionKey eq 'c1'", pageSize: 1000 });
  });

  it('A compiled query is the same for a callback, a filter and a property name', () => {
    const expected = "PartitionKey eq 'c1' and items ge 1 and items le 5";
    expect(inPartition.where((o) => o.items.between(1, 5)).compile().filter).to.equal(expected);
    expect(inPartition.where('items', 'between', [1, 5]).compile().filter).to.equal(expected);
    expect(inPartition.where(filter(Order, (o) => o.items.between(1, 5))).compile().filter).to.equal(expected);
    expect(inPartition.where('email', 'isMissing').compile().filter).to.equal(
      "PartitionKey eq 'c1' and not (contact_email eq '' or contact_email ne '')",
    );
    expect(
      inPartition.where('status', 'in', ['open', 'shipped']).where('email', 'startsWith', 'a').compile().filter,
    ).to.equal(
      "PartitionKey eq 'c1' and (status eq 'open' or status eq 'shipped') and contact_email ge 'a' and contact_email lt 'b'",
    );
  });

  it('A query is not changed by building another one from it', () => {
    const before = inPartition.compile();
    inPartition.where('total', 'gt', 1).select('total').take(1).pageSize(1);
    expect(inPartition.compile()).to.deep.equal(before);
  });

  it("A compiled query is limited to the keys that the class's templates can produce", () => {
    const events = mapperOf(DomainEvent);
    expect(tableQuery(events).compile().filter).to.equal(
      "PartitionKey ge 'TENANT|' and PartitionKey lt 'TENANT}' and RowKey ge 'event|' and RowKey lt 'event}'",
    );
    expect(partitionQuery(events, 'TENANT|t|s').where('kind', 'eq', 'paid').compile().filter).to.equal(
      "PartitionKey eq 'TENANT|t|s' and RowKey ge 'event|paid|' and RowKey lt 'event|paid}'",
    );
    expect(tableQuery(mapperOf(Day)).compile().filter).to.equal("PartitionKey eq 'DAYS'");
  });

  it('A compiled query uses the parts of the partition key that the partition fixes', () => {
    const events = partitionQuery(mapperOf(DomainEvent), 'TENANT|t|s');
    expect(events.where('stream', 'eq', 's').compile().filter).to.equal(
      "PartitionKey eq 'TENANT|t|s' and RowKey ge 'event|' and RowKey lt 'event}'",
    );
    expect(events.where('stream', 'eq', 'other').compile().filter).to.equal("PartitionKey lt ''");
    expect(events.where((e) => e.payload.eq('x').or(e.stream.eq('s'))).compile().filter).to.equal(
      "PartitionKey eq 'TENANT|t|s' and RowKey ge 'event|' and RowKey lt 'event}' and (payload eq 'x' or PartitionKey eq 'TENANT|t|s')",
    );
  });

  it('A compiled query with contradictory bounds reads nothing', () => {
    expect(inPartition.where('orderId', 'eq', 'a').where('orderId', 'eq', 'b').compile().filter).to.equal(
      "PartitionKey lt ''",
    );
    expect(inPartition.where('orderId', 'lt', 'a').where('orderId', 'gt', 'a').compile().filter).to.equal(
      "PartitionKey lt ''",
    );
    expect(inPartition.where('customerId', 'eq', 'c2').compile().filter).to.equal("PartitionKey lt ''");
    expect(inPartition.where('orderId', 'eq', 'a/b').compile().filter).to.equal("PartitionKey lt ''");
  });

  it('A compiled query keeps quotes and operators inside literals', () => {
    expect(inPartition.where('email', 'eq', "' or PartitionKey ne '").compile().filter).to.equal(
      "PartitionKey eq 'c1' and contact_email eq ''' or PartitionKey ne '''",
    );
    expect(partitionQuery(orders, "o'neill' or '1' eq '1").compile().filter).to.equal(
      "PartitionKey eq 'o''neill'' or ''1'' eq ''1'",
    );
  });

  it('A query with more comparisons than the store allows is rejected', () => {
    const fifteen = inPartition.where((o) =>
      o.items
        .ne(1)
        .or(...([...Array(13).keys()].map((n) => o.items.ne(n)) as unknown as [ReturnType<typeof o.items.ne>])),
    );
    expect(fifteen.compile().filter.match(/ne/g)).to.have.length(14);
    const { code, details } = thrown(() => fifteen.where('orderId', 'gt', 'a').compile());
    expect({ code, details }).to.deep.equal({ code: 'query.too-many-comparisons', details: { count: 16, limit: 15 } });
    expect(
      codeOf(() =>
        partitionQuery(mapperOf(Order, { comparisons: 2 }), 'c')
          .where('items', 'between', [1, 2])
          .compile(),
      ),
    ).to.equal('query.too-many-comparisons');
  });

  it('A query rejects invalid counts', () => {
    const wrong = [
      () => inPartition.take(-1),
      () => inPartition.take(1.5),
      () => inPartition.take('5' as never),
      () => inPartition.take(Number.NaN),
    ];
    const pages = [
      () => inPartition.pageSize(0),
      () => inPartition.pageSize(1001),
      () => inPartition.pageSize(Infinity),
    ];
    expect([...wrong, ...pages].map(codeOf)).to.deep.equal(Array(7).fill('validation.invalid-option'));
    expect(codeOf(() => (inPartition.select as () => unknown)())).to.equal('validation.invalid-option');
  });

  it('A query rejects invalid names, operators and conditions as soon as they are passed', () => {
    const loose = inPartition as unknown as {
      where(...asked: unknown[]): unknown;
      select(...names: string[]): unknown;
    };
    expect(
      [
        () => loose.where('totl', 'eq', 1),
        () => loose.where('total', 'equals', 1),
        () => loose.where('total'),
        () => loose.where('total', 'eq', null),
        () => loose.where('total', 'in', 5),
        () => loose.where(() => true),
        () => loose.where({}),
        () => loose.select('totl'),
      ].map(codeOf),
    ).to.deep.equal([
      'query.unknown-property',
      'query.invalid-filter',
      'query.invalid-filter',
      'query.invalid-operand',
      'query.invalid-operand',
      'query.invalid-filter',
      'query.invalid-filter',
      'query.unknown-property',
    ]);
  });
});
