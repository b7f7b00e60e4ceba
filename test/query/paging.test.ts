import { expect } from 'chai';
import fc from 'fast-check';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { EntityMapper } from '../../src/mapping/entity-mapper.js';
import { metadataOf } from '../../src/metadata/metadata-of.js';
import { partitionQuery, tableQuery } from '../../src/query/query-factory.js';
import type { Query } from '../../src/query/query.js';
import type { TableStore } from '../../src/store/table-store.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import { Order } from '../filter/entities.js';
import { RecordingStore, type RecordedRow } from './recording-store.js';

const numbers = (count: number): [number, ...number[]] =>
  Array.from({ length: count }, (_, index) => index) as [number, ...number[]];

function rowsOf(partitions: readonly string[], count: number): readonly RecordedRow[] {
  return partitions.flatMap((partitionKey) =>
    numbers(count).map((index) => ({
      partitionKey,
      rowKey: `o${String(index).padStart(3, '0')}`,
      values: { items: { type: 'Int32', value: index } },
    })),
  );
}

function ordersIn(store: TableStore): EntityMapper<Order> {
  return new EntityMapper(metadataOf(Order), store);
}

async function storeWith(rows: readonly RecordedRow[]): Promise<TableStore> {
  const store = memoryStore();
  await store.createTable('Orders');
  for (const row of rows) await insert(store, row.partitionKey, row.rowKey, row.values['items']!.value as number);
  return store;
}

async function insert(store: TableStore, partitionKey: string, rowKey: string, items: number): Promise<void> {
  const rows = store.rows('Orders', { properties: [{ name: 'items', type: 'Int32' }] });
  await store.submit('Orders', [
    rows.prepare({ mode: 'insert', partitionKey, rowKey, write: (writer) => writer.int32(0, items) }),
  ]);
}

async function remove(store: TableStore, partitionKey: string, rowKey: string): Promise<void> {
  await store.submit('Orders', [
    store.rows('Orders', { properties: [] }).prepare({ mode: 'delete', partitionKey, rowKey, ifMatch: '*' }),
  ]);
}

async function paged<R>(
  query: Query<Order, R>,
  pageSize: number,
  between?: () => Promise<void>,
): Promise<readonly (readonly R[])[]> {
  const pages: (readonly R[])[] = [];
  let continuation: string | undefined;
  do {
    const page = await query.page({ continuation, pageSize });
    pages.push(page.items);
    ({ continuation } = page);
    await between?.();
  } while (continuation !== undefined);
  return pages;
}

const keyOf = ({ customerId, orderId }: Pick<Order, 'customerId' | 'orderId'>): string => `${customerId}/${orderId}`;

const refusal = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing was thrown',
    (error: unknown) => (EntitableError.is(error) ? error.code : String(error)),
  );

describe('Pages with continuations', () => {
  it('Pages with continuations contain every result once, in order, for one partition, several partitions and split requests', async () => {
    const store = await storeWith(rowsOf(['a', 'b', 'c'], 23));
    const orders = ordersIn(store);
    const queries: readonly Query<Order>[] = [
      partitionQuery(orders, 'b'),
      partitionQuery(orders, ['c', 'a']),
      tableQuery(orders),
      tableQuery(orders).where('items', 'in', numbers(20)),
      partitionQuery(orders, ['a', 'b']).where('items', 'in', numbers(20)),
      partitionQuery(orders, 'a').where('orderId', 'in', ['o001', 'o005', 'o007']),
    ];
    for (const query of queries) {
      const whole = (await query.toArray()).map(keyOf);
      const pages = await paged(query, 4);
      expect(pages.flat().map(keyOf)).to.deep.equal(whole);
      expect(pages.slice(0, -1).map(({ length }) => length)).to.deep.equal(pages.slice(0, -1).map(() => 4));
    }
  });

  it('Pages with continuations contain no more results in total than take', async () => {
    const query = partitionQuery(ordersIn(await storeWith(rowsOf(['a'], 23))), 'a').take(10);
    expect((await paged(query, 4)).map(({ length }) => length)).to.deep.equal([4, 4, 2]);
  });

  it('Pages with continuations can be continued in another process, on another store of the same kind', async () => {
    const rows = rowsOf(['a'], 10);
    const [here, there] = await Promise.all([storeWith(rows), storeWith(rows)]);
    const ask = (store: TableStore): Query<Order> => partitionQuery(ordersIn(store), 'a').where('items', 'lt', 8);
    const { continuation } = await ask(here).page({ pageSize: 5 });
    const { items, continuation: end } = await ask(there).page({ continuation, pageSize: 5 });
    expect(items.map(({ orderId }) => orderId)).to.deep.equal(['o005', 'o006', 'o007']);
    expect(end).to.equal(undefined);
  });

  it('Pages with continuations reject a continuation of another query, and one that was changed or truncated', async () => {
    const orders = ordersIn(await storeWith(rowsOf(['a', 'b'], 10)));
    const query = partitionQuery(orders, 'a').where('items', 'lt', 8);
    const { continuation } = await query.page({ pageSize: 3 });
    const others: readonly Query<Order, unknown>[] = [
      partitionQuery(orders, 'b').where('items', 'lt', 8),
      partitionQuery(orders, 'a').where('items', 'lt', 9),
      partitionQuery(orders, ['a', 'b']).where('items', 'lt', 8),
      tableQuery(orders).where('items', 'lt', 8),
      query.select('items'),
    ];
    for (const other of others)
      expect(await refusal(other.page({ continuation }))).to.equal('query.invalid-continuation');
    for (let at = 0; at < continuation!.length; at++) {
      const changed =
        continuation!.slice(0, at) + (continuation![at] === 'A' ? 'B' : 'A') + continuation!.slice(at + 1);
      expect(await refusal(query.page({ continuation: changed }))).to.equal('query.invalid-continuation');
      expect(await refusal(query.page({ continuation: continuation!.slice(0, at) }))).to.equal(
        'query.invalid-continuation',
      );
    }
  });

  it('Continuations are URL-safe and at most 2 KiB long, whatever the number of partitions', async () => {
    const store = memoryStore();
    await store.createTable('Orders');
    const partitions = numbers(300).map((index) => `${'p'.repeat(500)}${String(index).padStart(12, '0')}`);
    for (const partition of partitions.slice(0, 3)) {
      for (const index of numbers(3)) await insert(store, partition, `${'r'.repeat(511)}${index}`, index);
    }
    for (const query of [partitionQuery(ordersIn(store), partitions), tableQuery(ordersIn(store))]) {
      const { continuation } = await query.page({ pageSize: 4 });
      expect(continuation).to.match(/^[\w-]{1,2048}$/);
    }
  });

  it('Pages with continuations neither skip nor repeat a row that stays while 50 others are inserted and deleted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 99 })), { minLength: 50, maxLength: 50 }),
        fc.integer({ min: 1, max: 7 }),
        async (changes, pageSize) => {
          const store = await storeWith(rowsOf(['a', 'b'], 30));
          const waiting = changes[Symbol.iterator]();
          const change = async (): Promise<void> => {
            await Promise.all(
              numbers(5).map(async () => {
                const { value, done } = waiting.next();
                if (done === true) return;
                const [inserts, index] = value;
                await (
                  inserts
                    ? insert(store, 'a', `o${String(index).padStart(3, '0')}x`, index)
                    : remove(store, 'a', `o${String(index).padStart(3, '0')}x`)
                ).catch(() => undefined);
              }),
            );
          };
          for (const query of [
            tableQuery(ordersIn(store)),
            partitionQuery(ordersIn(store), ['a', 'b']).where('items', 'in', numbers(30)),
          ]) {
            const found = (await paged(query, pageSize, change)).flat().map(keyOf);
            expect(found.filter((key) => !key.endsWith('x'))).to.deep.equal(
              rowsOf(['a', 'b'], 30).map((row) => `${row.partitionKey}/${row.rowKey}`),
            );
            expect(new Set(found).size).to.equal(found.length);
          }
        },
      ),
      { seed: 5, numRuns: 10 },
    );
  });

  it('Pages without results are skipped or yielded, as emptyPages says', async () => {
    const orders = ordersIn(new RecordingStore(rowsOf(['a'], 20), { rowsPerPage: 4 }));
    const query = partitionQuery(orders, 'a').where('items', 'ge', 17);
    expect((await query.page()).items.map(({ items }) => items)).to.deep.equal([17, 18, 19]);
    const first = await query.page({ emptyPages: 'give' });
    expect(first.items).to.deep.equal([]);
    expect(first.continuation).to.be.a('string');
    const sizes: number[] = [];
    for await (const { items } of query.pages({ emptyPages: 'give' })) sizes.push(items.length);
    expect(sizes).to.deep.equal([0, 0, 0, 0, 3]);
  });

  it('Pages with continuations are rejected if the results are sorted on the client', async () => {
    const query = partitionQuery(ordersIn(new RecordingStore()), 'a');
    expect(await refusal(query.orderBy('total').page())).to.equal('query.sorted-on-client');
    expect((await query.orderBy('orderId').page()).items).to.deep.equal([]);
  });
});

describe('A query of several partitions', () => {
  it('A query of several partitions has at most eight requests in flight, and stops when its consumer does', async () => {
    const partitions = numbers(30).map((index) => `p${String(index).padStart(2, '0')}`);
    const store = new RecordingStore(rowsOf(partitions, 3));
    for await (const order of partitionQuery(ordersIn(store), partitions)) {
      if (order.customerId === 'p02') break;
    }
    expect(store.requests.length).to.be.within(8, 11);
  });

  it('A query of several partitions throws an error after the results that come before it', async () => {
    const drifted = rowsOf(['b'], 2).map(({ partitionKey, rowKey }): RecordedRow => {
      return { partitionKey, rowKey, values: { items: { type: 'String', value: 'x' } } };
    });
    const store = new RecordingStore([...rowsOf(['a', 'c'], 2), ...drifted]);
    const seen: string[] = [];
    const code = await refusal(
      (async () => {
        for await (const order of partitionQuery(ordersIn(store), ['a', 'b', 'c'])) seen.push(keyOf(order));
      })(),
    );
    expect({ code, seen }).to.deep.equal({ code: 'entity.type-mismatch', seen: ['a/o000', 'a/o001'] });
  });

  it('A query of several partitions returns its results in key order', async () => {
    const store = new RecordingStore(rowsOf(['a', 'b', 'c'], 5), { rowsPerPage: 2 });
    const found = await partitionQuery(ordersIn(store), ['c', 'a']).toArray();
    expect(found.map(keyOf)).to.deep.equal(rowsOf(['a', 'c'], 5).map((row) => `${row.partitionKey}/${row.rowKey}`));
  });
});

describe('Sorting', () => {
  const rows: readonly RecordedRow[] = [3, 1, undefined, 2, 1, Number.NaN].map((total, index) => ({
    partitionKey: 'a',
    rowKey: `o${index}`,
    values: {
      items: { type: 'Int32', value: index % 2 },
      ...(total !== undefined && { total: { type: 'Double', value: total } }),
    },
  }));
  const inPartition = partitionQuery(ordersIn(new RecordingStore(rows)), 'a');
  const keys = async (query: Query<Order>): Promise<string> =>
    (await query.toArray()).map(({ orderId }) => orderId.slice(1)).join('');

  it('Sorting puts absent values last, and equal values in key order', async () => {
    expect(await keys(inPartition.orderBy('total'))).to.equal('143052');
    expect(await keys(inPartition.orderBy('total', 'desc'))).to.equal('031452');
    expect(await keys(inPartition.orderBy('items', 'desc').orderBy('total'))).to.equal('135402');
  });

  it('Sorting with take returns the first results of all, and plain data for a selection', async () => {
    expect(await keys(inPartition.orderBy('total', 'desc').take(2))).to.equal('03');
    expect((await inPartition.orderBy('total', 'desc').first())?.total).to.equal(3);
    expect(await inPartition.orderBy('total').select('orderId').take(2).toArray()).to.deep.equal([
      { orderId: 'o1' },
      { orderId: 'o4' },
    ]);
    expect(await inPartition.orderBy('total').take(0).toArray()).to.deep.equal([]);
    expect(await inPartition.orderBy('total').take(3).count()).to.equal(3);
  });

  it('Sorting with take finds the same results as sorting everything', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 10 }),
        async (totals, take) => {
          const store = new RecordingStore(
            totals.map((total, index) => ({
              partitionKey: 'a',
              rowKey: String(index).padStart(3, '0'),
              values: total === undefined ? {} : { total: { type: 'Double', value: total } },
            })),
          );
          const query = partitionQuery(ordersIn(store), 'a').pageSize(7).orderBy('total', 'desc');
          expect(await keys(query.take(take))).to.equal(
            (await query.toArray())
              .slice(0, take)
              .map(({ orderId }) => orderId.slice(1))
              .join(''),
          );
        },
      ),
      { seed: 6, numRuns: 100 },
    );
  });

  it('Sorting is rejected for properties without an order', () => {
    const loose = inPartition as unknown as { orderBy(name: string, direction?: string): unknown };
    const codes = (['paid', 'correlation', 'signature', 'address', 'etag', 'totl'] as const).map((name) => {
      try {
        return loose.orderBy(name);
      } catch (error) {
        return EntitableError.is(error) && error.code;
      }
    });
    expect(codes).to.deep.equal([...Array<string>(5).fill('query.not-comparable'), 'query.unknown-property']);
  });
});
