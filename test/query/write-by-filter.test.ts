import { expect } from 'chai';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { EntityMapper } from '../../src/mapping/entity-mapper.js';
import { metadataOf } from '../../src/metadata/metadata-of.js';
import { matchWrites } from '../../src/query/matched-writes.js';
import { partitionQuery, tableQuery } from '../../src/query/query-factory.js';
import type { Query } from '../../src/query/query.js';
import type { WriteProgress } from '../../src/query/write-options.js';
import type { TableStore } from '../../src/store/table-store.js';
import { wrapStore } from '../../src/store/wrap-store.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import { Order } from '../filter/entities.js';

const SHAPE = { properties: [{ name: 'items', type: 'Int32' }] } as const;

/** A memory store in which another writer interferes before each submit, depending on how many there were. */
function contended(store: TableStore, interfere: (times: number) => Promise<void>): TableStore {
  let times = 0;
  return wrapStore(store, {
    async submit(table, writes, options) {
      await interfere(++times);
      return store.submit(table, writes, options);
    },
  });
}

async function write(store: TableStore, partitionKey: string, rowKey: string, items: number): Promise<void> {
  await store.submit('Orders', [
    store
      .rows('Orders', SHAPE)
      .prepare({ mode: 'upsert-replace', partitionKey, rowKey, write: (writer) => writer.int32(0, items) }),
  ]);
}

async function filled(): Promise<TableStore> {
  const store = memoryStore();
  await store.createTable('Orders');
  for (const partition of ['a', 'b']) {
    for (let index = 0; index < 250; index++)
      await write(store, partition, `o${String(index).padStart(3, '0')}`, index);
  }
  return store;
}

function mapperOn(store: TableStore): EntityMapper<Order> {
  return new EntityMapper(metadataOf(Order), store);
}

function ordersOf(store: TableStore, partition?: string): Query<Order> {
  const mapper = mapperOn(store);
  const writes = matchWrites(mapper, () => undefined);
  return partition === undefined ? tableQuery(mapper, writes) : partitionQuery(mapper, partition, writes);
}

describe('A write by filter', () => {
  it('A write by filter deletes the matching rows and no others, in transactions of one partition', async () => {
    const store = await filled();
    const progress: WriteProgress[] = [];
    const report = await ordersOf(store)
      .where('items', 'lt', 120)
      .delete({ onProgress: (seen) => progress.push(seen) });
    expect(report).to.deep.equal({ changed: 240, skipped: 0, failed: [] });
    expect(progress.map(({ changed }) => changed)).to.deep.equal([100, 120, 220, 240]);
    expect(await ordersOf(store).count()).to.equal(260);
    expect(await ordersOf(store).where('items', 'lt', 120).exists()).to.equal(false);
  });

  it('A write by filter merges a patch, even one that makes rows no longer match', async () => {
    const store = await filled();
    expect(await ordersOf(store, 'a').where('items', 'ge', 200).merge({ items: 0, paid: true })).to.deep.equal({
      changed: 50,
      skipped: 0,
      failed: [],
    });
    expect(await ordersOf(store).where('paid', 'eq', true).where('items', 'eq', 0).count()).to.equal(50);
    expect(await ordersOf(store, 'a').where('paid', 'eq', true).merge({ paid: null, items: undefined })).to.deep.equal({
      changed: 50,
      skipped: 0,
      failed: [],
    });
    expect(await ordersOf(store).where('paid', 'isPresent').count()).to.equal(0);
    expect(await ordersOf(store, 'a').where('items', 'eq', 0).count()).to.equal(51);
  });

  it('A write by filter stops after as many rows as take allows', async () => {
    const store = await filled();
    expect((await ordersOf(store).take(130).delete()).changed).to.equal(130);
    expect((await ordersOf(store).first())?.orderId).to.equal('o130');
  });

  it('A write by filter reads rows again that have changed, and leaves out those that no longer match or are gone', async () => {
    const store = await filled();
    const busy = contended(store, async (times) => {
      if (times !== 1) return;
      await write(store, 'a', 'o001', 1); // still matches
      await write(store, 'a', 'o002', 999); // no longer matches
      await store.submit('Orders', [
        store.rows('Orders', SHAPE).prepare({ mode: 'delete', partitionKey: 'a', rowKey: 'o003', ifMatch: '*' }),
      ]);
    });
    expect(await ordersOf(busy, 'a').where('items', 'lt', 10).delete()).to.deep.equal({
      changed: 8,
      skipped: 2,
      failed: [],
    });
    expect(
      (await ordersOf(store, 'a').where('orderId', 'lt', 'o010').toArray()).map(({ orderId, items }) => [
        orderId,
        items,
      ]),
    ).to.deep.equal([['o002', 999]]);
  });

  it('A write by filter gives up on a row that others keep changing, and reports it', async () => {
    const store = await filled();
    const busy = contended(store, () => write(store, 'a', 'o001', 1));
    const { failed, ...report } = await ordersOf(busy, 'a').where('items', 'lt', 3).delete();
    expect(report).to.deep.equal({ changed: 2, skipped: 0 });
    expect(failed.map(({ partitionKey, rowKey, error }) => [partitionKey, rowKey, error.code])).to.deep.equal([
      ['a', 'o001', 'store.precondition-failed'],
    ]);
  });

  it('A write by filter rejects a patch with a key or an unknown name before anything is sent', async () => {
    const store = await filled();
    for (const patch of [{ orderId: 'x' }, { nothing: 1 }, { items: 'x' }]) {
      const error: unknown = await ordersOf(store)
        .merge(patch as never)
        .catch((thrown: unknown) => thrown);
      expect(EntitableError.is(error, 'validation.')).to.equal(true);
    }
  });

  it('A write by filter is rejected for a query that is sorted on the client', async () => {
    const error: unknown = await ordersOf(await filled())
      .orderBy('total')
      .delete()
      .catch((thrown: unknown) => thrown);
    expect(EntitableError.is(error, 'query.sorted-on-client')).to.equal(true);
  });
});
