// Checks a store on disk, and its backup, with the SQLite that this version of Node includes or else the one that the
// package brings.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, defineEntity } from 'entitable';
import { verifyStore } from 'entitable/testing';

class Order {}
defineEntity(Order, {
  table: 'Orders',
  properties: { customerId: 'PartitionKey', orderId: 'RowKey', total: 'Double' },
});

const folder = mkdtempSync(join(tmpdir(), 'entitable-on-disk-'));
try {
  const tables = await DataSource.open(`sqlite:${join(folder, 'data.db')}`);
  await tables.repository(Order).insert(Object.assign(new Order(), { customerId: 'c1', orderId: 'o1', total: 20 }));
  await tables.backup(join(folder, 'copy.db'));
  await tables.close();
  const copy = await DataSource.open(`sqlite:${join(folder, 'copy.db')}`);
  const { total } = await copy.repository(Order).getOrThrow({ customerId: 'c1', orderId: 'o1' });
  assert.equal(total, 20);
  await copy.close();
  assert.deepEqual(await verifyStore(join(folder, 'copy.db')), { rows: 1, tables: { Orders: 1 }, damaged: [] });
  console.log('A store on disk: ok');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
