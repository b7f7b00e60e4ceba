import { expect } from 'chai';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { EntityMapper } from '../../src/mapping/entity-mapper.js';
import { metadataOf } from '../../src/metadata/metadata-of.js';
import { matchWrites, type MatchWrites, type PrepareWrite } from '../../src/query/matched-writes.js';
import { partitionQuery } from '../../src/query/query-factory.js';
import type { Query } from '../../src/query/query.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import type { GroupRow } from '../../src/writing/batch.js';
import { Order } from '../filter/entities.js';
import { faultyStore } from '../support/faulty-store.js';
import { notUnique, TextTable } from '../support/row-groups.js';

const ITEMS = { properties: [{ name: 'items', type: 'Int32' }] } as const;

/** Returns the orders of a partition, each of whose writes has further rows. */
async function ordersWith(
  count: number,
  othersOf: (rowKey: string, texts: TextTable) => readonly GroupRow[],
): Promise<{ readonly orders: Query<Order>; readonly texts: TextTable }> {
  const faulty = faultyStore(memoryStore());
  await faulty.store.createTable('Orders');
  const rows = faulty.store.rows('Orders', ITEMS);
  for (let index = 0; index < count; index++) {
    const rowKey = `o${String(index).padStart(3, '0')}`;
    const write = rows.prepare({ mode: 'insert', partitionKey: 'a', rowKey, write: (row) => row.int32(0, index) });
    await faulty.store.submit('Orders', [write]);
  }
  faulty.attempts.length = 0;
  const texts = new TextTable(faulty, 'Orders', 'a');
  const mapper = new EntityMapper(metadataOf(Order), faulty.store);
  const writes = matchWrites(mapper, () => undefined);
  const grouped =
    (prepare: PrepareWrite): PrepareWrite =>
    async (row) => {
      const write = await prepare(row);
      return write && { ...write, others: othersOf(row.rowKey, texts) };
    };
  const groups: MatchWrites = {
    delete: () => grouped(writes.delete()),
    merge: async (patch) => grouped(await writes.merge(patch)),
    mergeEach: (patchOf) => grouped(writes.mergeEach(patchOf)),
  };
  return { orders: partitionQuery(mapper, 'a', groups).where('items', 'ge', 0), texts };
}

describe('A write by filter of row groups', () => {
  it('A write by filter of row groups fills transactions with whole groups, and counts entities', async () => {
    const { orders, texts } = await ordersWith(60, (key, table) => [table.other(['upsert-replace', `~${key}`])]);
    expect(await orders.merge({ items: 7 })).to.deep.equal({ changed: 60, skipped: 0, failed: [] });
    expect(texts.sent.map(({ length }) => length)).to.deep.equal([100, 20]);
    expect(texts.sent[0]!.slice(0, 3)).to.deep.equal(['merge o000', 'upsert-replace ~o000', 'merge o001']);
  });

  it('A write by filter of row groups reports the row whose unique value is taken, and writes the others', async () => {
    const { orders, texts } = await ordersWith(3, (key, table) => [
      table.other(['insert', `~${key}`], () => {
        throw notUnique(key);
      }),
    ]);
    await texts.store({ '~o001': 'taken' });
    const { failed, ...counts } = await orders.merge({ items: 7 });
    expect(counts).to.deep.equal({ changed: 2, skipped: 0 });
    expect(failed.map(({ rowKey, error }) => [rowKey, EntitableError.is(error) && error.code])).to.deep.equal([
      ['o001', 'entity.not-unique'],
    ]);
  });

  it('A write by filter of row groups reports a row whose group no transaction can hold, and writes the others', async () => {
    const { orders } = await ordersWith(3, (key, table) =>
      key === 'o001'
        ? Array.from({ length: 100 }, (_, index) => table.other(['upsert-replace', `~${key}-${index}`]))
        : [table.other(['upsert-replace', `~${key}`])],
    );
    const { failed, ...counts } = await orders.merge({ items: 7 });
    expect(counts).to.deep.equal({ changed: 2, skipped: 0 });
    expect(failed.map(({ rowKey }) => rowKey)).to.deep.equal(['o001']);
    expect(failed[0]!.error).to.deep.include({
      code: 'commit.not-atomic',
      details: { reason: 'writes', found: 101, limit: 100, className: 'Order' },
    });
  });

  it('A write by filter of row groups goes on without an entry that is gone, which is no row that was skipped', async () => {
    const { orders, texts } = await ordersWith(2, (key, table) => [
      table.other(['delete', `~${key}`], () => undefined),
    ]);
    await texts.store({ '~o001': 'o001' });
    expect(await orders.delete()).to.deep.equal({ changed: 2, skipped: 0, failed: [] });
    expect(await texts.stored()).to.deep.equal({});
  });

  it('A write by filter of row groups reads a row again that another writer changed, and makes its group anew', async () => {
    const { orders, texts } = await ordersWith(2, (key, table) => [table.other(['upsert-replace', `~${key}`])]);
    let times = 0;
    texts.faulty.beforeSubmit = async () => {
      if (++times > 1) return;
      const rival = new TextTable(faultyStore(texts.faulty.store), 'Orders', 'a');
      await rival.store({ o001: 'rival' }); // no longer a match
    };
    expect(await orders.merge({ items: 7 })).to.deep.equal({ changed: 1, skipped: 1, failed: [] });
    expect(await texts.stored()).to.deep.equal({ o000: '', '~o000': '', o001: 'rival' });
  });
});
