import { expect } from 'chai';
import { OwnedRow } from '../../../src/stores/embedded/ordered-rows.js';
import { SYSTEM_TABLE } from '../../../src/stores/embedded/system-table.js';
import { StagedWrites, type StagingTarget } from '../../../src/stores/embedded/staged-writes.js';
import { MemoryRows } from '../../../src/stores/memory/memory-rows.js';
import { SharedSystemRows } from '../../../src/stores/embedded/shared-system-rows.js';
import { lmdbStore } from '../../../src/stores/lmdb/lmdb-store.js';
import { TableFixture } from '../../../src/testing/conformance/table-fixture.js';
import { scratchDirectory } from './scratch-directory.js';

const TABLE = 7;

/** Creates the rows of one transaction, with a list of the writes that reach their target. */
function transaction(): { readonly shared: SharedSystemRows; readonly written: string[] } {
  const written: string[] = [];
  const target: StagingTarget = {
    put: (table, { partitionKey, rowKey, bytes }) =>
      written.push(`put ${table} ${partitionKey} ${rowKey} ${bytes.toString()}`),
    delete: (table, partitionKey, rowKey) => written.push(`delete ${table} ${partitionKey} ${rowKey}`),
  };
  return { shared: new SharedSystemRows(new MemoryRows(), target), written };
}

describe('SharedSystemRows', () => {
  const newPath = scratchDirectory();

  it('SharedSystemRows write a system row once, with its last content, and users’ rows at once', () => {
    const { shared, written } = transaction();
    shared.put(SYSTEM_TABLE, new OwnedRow('state', 'clock', Buffer.from('1')));
    shared.put(TABLE, new OwnedRow('p', 'r', Buffer.from('row')));
    shared.put(SYSTEM_TABLE, new OwnedRow('state', 'clock', Buffer.from('2')));
    expect(shared.get(SYSTEM_TABLE, 'state', 'clock')?.bytes.toString()).to.equal('2');
    expect(written).to.deep.equal(['put 7 p r row']);
    shared.write();
    shared.write();
    expect(written).to.deep.equal(['put 7 p r row', 'put 0 state clock 2']);
  });

  it('SharedSystemRows do not write a system row that later work deletes', () => {
    const { shared, written } = transaction();
    shared.put(SYSTEM_TABLE, new OwnedRow('tables', 'orders', Buffer.from('1')));
    shared.delete(SYSTEM_TABLE, 'tables', 'orders');
    expect(shared.get(SYSTEM_TABLE, 'tables', 'orders')).to.equal(undefined);
    shared.write();
    expect(written).to.deep.equal(['delete 0 tables orders']);
  });

  it('SharedSystemRows write pending system rows before a range of them is read', () => {
    const { shared, written } = transaction();
    shared.put(SYSTEM_TABLE, new OwnedRow('layouts', '0000000000', Buffer.from('[]')));
    shared.range(SYSTEM_TABLE, undefined, undefined, () => true);
    expect(written).to.deep.equal(['put 0 layouts 0000000000 []']);
  });

  it('SharedSystemRows contain nothing of work that threw', () => {
    const { shared } = transaction();
    new StagedWrites(shared).put(SYSTEM_TABLE, new OwnedRow('state', 'clock', Buffer.from('never applied')));
    expect(shared.get(SYSTEM_TABLE, 'state', 'clock')).to.equal(undefined);
  });

  it('SharedSystemRows let the work of one transaction create a table, write to it and be refused, with increasing ETags', async () => {
    const path = newPath();
    const store = await lmdbStore(path, { clock: () => Date.UTC(2026, 0, 1) });
    const t = await TableFixture.create(store);
    const other = TableFixture.open(store, 'Other');
    const results = await Promise.allSettled([
      t.write('insert', 'p', 'a', { one: 'Int32 1' }),
      t.write('insert', 'p', 'a', { one: 'Int32 2' }),
      store.createTable('Other'),
      other.write('insert', 'p', 'a', { two: 'String x' }),
      t.write('insert', 'p', 'b', { one: 'Int32 3' }),
    ]);
    expect(results.map(({ status }) => status)).to.deep.equal([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
    await store[Symbol.asyncDispose]();
    const again = await lmdbStore(path, { clock: () => Date.UTC(2026, 0, 1) });
    const u = TableFixture.open(again, t.table);
    const v = TableFixture.open(again, 'Other');
    await u.write('insert', 'p', 'c');
    expect(await u.get('p', 'a')).to.deep.equal({ one: 'Int32 1' });
    expect(await v.get('p', 'a')).to.deep.equal({ two: 'String x' });
    const timestamps = [
      await u.timestamp('p', 'a'),
      await v.timestamp('p', 'a'),
      await u.timestamp('p', 'b'),
      await u.timestamp('p', 'c'),
    ];
    expect(timestamps).to.deep.equal([
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00.0000001Z',
      '2026-01-01T00:00:00.0000002Z',
      '2026-01-01T00:00:00.0000003Z',
    ]);
    await again[Symbol.asyncDispose]();
  });
});
