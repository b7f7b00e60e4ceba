import { expect } from 'chai';
import { EntityMapper } from '../../src/mapping/entity-mapper.js';
import { metadataOf } from '../../src/metadata/metadata-of.js';
import { partitionQuery, tableQuery } from '../../src/query/query-factory.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { Order } from '../filter/entities.js';
import { codeOf } from '../filter/thrown.js';
import { RecordingStore, type RecordedRow } from './recording-store.js';

const rows: readonly RecordedRow[] = ['c1', 'c2'].flatMap((partitionKey) =>
  Array.from({ length: 10 }, (_, index) => ({
    partitionKey,
    rowKey: `o${index}`,
    values: { total: { type: 'Double', value: index }, items: { type: 'Int32', value: index } },
  })),
);

function ordersIn(store: RecordingStore): EntityMapper<Order> {
  return new EntityMapper(metadataOf(Order), store);
}

describe('A query', () => {
  it('A query returns matching entities in key order, following continuations', async () => {
    const store = new RecordingStore(rows, { rowsPerPage: 3 });
    const found = await tableQuery(ordersIn(store)).where('total', 'ge', 8).toArray();
    expect(found.map(({ customerId, orderId, total }) => [customerId, orderId, total])).to.deep.equal([
      ['c1', 'o8', 8],
      ['c1', 'o9', 9],
      ['c2', 'o8', 8],
      ['c2', 'o9', 9],
    ]);
    expect(found[0]).to.be.instanceOf(Order);
  });

  it('A query with select returns plain data, and requests nothing else', async () => {
    const store = new RecordingStore(rows);
    const found = await partitionQuery(ordersIn(store), 'c1')
      .where('total', 'lt', 2)
      .select('orderId', 'total')
      .toArray();
    expect(found).to.deep.equal([
      { orderId: 'o0', total: 0 },
      { orderId: 'o1', total: 1 },
    ]);
    expect(store.requests).to.have.length(1);
    expect(store.requests[0]).to.deep.include({ kind: 'page', partitionKey: 'c1', select: [0] });
  });

  it('A query with take stops after that many results, and requests no more', async () => {
    const store = new RecordingStore(rows, { rowsPerPage: 4 });
    const query = partitionQuery(ordersIn(store), 'c1').take(5);
    expect((await query.toArray()).map(({ orderId }) => orderId)).to.deep.equal(['o0', 'o1', 'o2', 'o3', 'o4']);
    expect(store.requests).to.have.length(2);
    expect(await query.take(0).toArray()).to.deep.equal([]);
    expect(await query.count()).to.equal(5);
  });

  it('A query stops sending requests when its consumer stops', async () => {
    const store = new RecordingStore(rows);
    for await (const order of tableQuery(ordersIn(store)).pageSize(5)) {
      if (order.orderId === 'o2') break;
    }
    expect(store.requests).to.have.length(1);
  });

  it('A query requests one row to find the first result', async () => {
    const store = new RecordingStore(rows);
    const query = partitionQuery(ordersIn(store), 'c2').where('total', 'gt', 3);
    expect((await query.first())?.orderId).to.equal('o4');
    expect((await query.firstOrThrow()).orderId).to.equal('o4');
    expect(await query.exists()).to.equal(true);
    expect(
      store.requests.map((request) => request.kind === 'page' && [request.pageSize, request.select]),
    ).to.deep.equal([
      [1, undefined],
      [1, undefined],
      [1, []],
    ]);
  });

  it('A query without results returns undefined, false or 0, or throws query.no-result', async () => {
    const query = partitionQuery(ordersIn(new RecordingStore(rows)), 'c1').where('total', 'gt', 100);
    expect(await query.first()).to.equal(undefined);
    expect(await query.exists()).to.equal(false);
    expect(await query.count()).to.equal(0);
    const error: unknown = await query.firstOrThrow().catch((thrown: unknown) => thrown);
    expect(EntitableError.is(error, 'query.no-result') && error.details).to.deep.equal({ className: 'Order' });
  });

  it('A query counts by reading keys only', async () => {
    const store = new RecordingStore(rows);
    expect(await tableQuery(ordersIn(store)).where('total', 'lt', 5).count()).to.equal(10);
    expect(store.requests.map((request) => request.select)).to.deep.equal([[]]);
  });

  it('A query with both keys fixed reads one row', async () => {
    const store = new RecordingStore(rows);
    const found = await partitionQuery(ordersIn(store), 'c1').where('orderId', 'eq', 'o7').toArray();
    expect(found.map(({ total }) => total)).to.deep.equal([7]);
    expect(
      await tableQuery(ordersIn(store))
        .where((o) => o.orderId.eq('o7').and(o.customerId.eq('c3')))
        .toArray(),
    ).to.deep.equal([]);
    expect(store.requests).to.deep.equal([
      { kind: 'get', partitionKey: 'c1', rowKey: 'o7', select: undefined },
      { kind: 'get', partitionKey: 'c3', rowKey: 'o7', select: undefined },
    ]);
  });

  it('A query that cannot match sends no request', async () => {
    const store = new RecordingStore(rows);
    expect(await partitionQuery(ordersIn(store), 'c1').where('customerId', 'eq', 'c2').toArray()).to.deep.equal([]);
    expect(await partitionQuery(ordersIn(store), 'c1').where('orderId', 'isMissing').count()).to.equal(0);
    expect(store.requests).to.deep.equal([]);
  });

  it('A query yields its pages as they arrive', async () => {
    const sizes: number[] = [];
    for await (const { items } of tableQuery(ordersIn(new RecordingStore(rows)))
      .pageSize(8)
      .pages())
      sizes.push(items.length);
    expect(sizes).to.deep.equal([8, 8, 4]);
  });

  it('A query is stopped by a signal', async () => {
    const store = new RecordingStore(rows);
    const stop = AbortSignal.abort(new Error('stopped'));
    const stopped = await tableQuery(ordersIn(store))
      .toArray({ signal: stop })
      .catch((error: unknown) => (error as Error).message);
    expect(stopped).to.equal('stopped');
  });

  it('A query requests the next page while one is processed, unless one page is all that it takes', async () => {
    const store = new RecordingStore(rows);
    await tableQuery(ordersIn(store)).toArray();
    await tableQuery(ordersIn(store)).take(5).toArray();
    expect(store.requests.map((request) => request.kind === 'page' && [request.ahead, request.pageSize])).to.deep.equal(
      [
        [1, 1000],
        [undefined, 5],
      ],
    );
  });

  it('A query returns its results in order to concurrent calls of next()', async () => {
    const iterator = tableQuery(ordersIn(new RecordingStore(rows)))
      .pageSize(3)
      [Symbol.asyncIterator]();
    const found = await Promise.all(Array.from({ length: 22 }, () => iterator.next()));
    expect(found.map(({ done, value }) => (done === true ? 'done' : value.orderId))).to.deep.equal([
      ...rows.map(({ rowKey }) => rowKey),
      'done',
      'done',
    ]);
  });

  it('A query ends when its consumer calls return()', async () => {
    const iterator = tableQuery(ordersIn(new RecordingStore(rows)))
      .pageSize(3)
      [Symbol.asyncIterator]();
    await iterator.next();
    await iterator.return?.();
    expect(await iterator.next()).to.deep.equal({ done: true, value: undefined });
  });

  it('A query sends a raw filter to a store that reads OData, and other stores reject it', async () => {
    const reads = new RecordingStore(rows, { rawFilters: true });
    const raw = partitionQuery(ordersIn(reads), 'c1')
      .where('orderId', 'eq', 'o1')
      .rawFilter('total ne 5')
      .rawFilter('items gt 1');
    expect(raw.compile().filter).to.equal(
      "(PartitionKey eq 'c1' and RowKey eq 'o1') and ((total ne 5) and (items gt 1))",
    );
    await raw.toArray();
    expect(reads.requests.map((request) => request.kind === 'page' && request.rawFilter)).to.deep.equal([
      '(total ne 5) and (items gt 1)',
    ]);
    expect(codeOf(() => partitionQuery(ordersIn(new RecordingStore(rows)), 'c1').rawFilter('total ne 5'))).to.equal(
      'query.raw-filter',
    );
  });
});
