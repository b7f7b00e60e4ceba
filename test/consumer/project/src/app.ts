import assert from 'node:assert/strict';
import { EntitableError, Guid } from 'entitable';
import { firstTotal, key, Order, orders, tables, totals } from './orders.js';

const order = Object.assign(new Order(), {
  ...key,
  total: 1234.5,
  items: 3,
  placedAt: new Date('2026-01-02T03:04:05.678Z'),
  correlation: Guid.parse('01234567-89ab-cdef-0123-456789abcdef'),
  signature: Uint8Array.of(1, 2, 3),
  address: { city: 'Oslo' },
});
await orders.insert(order);
const found = await orders.getOrThrow(key);
assert.ok(found instanceof Order);
assert.deepEqual(found, order);
assert.equal(await firstTotal(), 1234.5);
assert.deepEqual(await totals.toArray(), [{ orderId: 'o1', total: 1234.5 }]);
assert.equal(await orders.large('c1').count(), 1);
await assert.rejects(orders.insert(order), (error) => EntitableError.is(error, 'store.already-exists'));
await tables.close();
console.log('ESM application: ok');
