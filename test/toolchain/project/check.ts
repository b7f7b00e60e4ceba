import assert from 'node:assert/strict';
import { DataSource, EntitableError, Guid } from 'entitable';
import { Order } from './order.js';
import { Reading } from './reading.js';

const GUID = '01234567-89ab-cdef-0123-456789abcdef';

async function storeOrder(): Promise<void> {
  const tables = await DataSource.open('memory:');
  const orders = tables.repository(Order);
  const order = Object.assign(new Order(), {
    customerId: 'c1',
    orderId: 'o1',
    total: 20,
    sequence: 2n,
    placedAt: new Date(1000),
    correlation: Guid.parse(GUID),
    signature: Uint8Array.of(1, 2, 3),
  });
  await orders.insert(order);
  const found = await orders.getOrThrow({ customerId: 'c1', orderId: 'o1' });
  assert.ok(found instanceof Order);
  assert.deepEqual({ ...found, note: null }, { ...order, note: null });
  assert.equal(await orders.query({ customerId: 'c1' }).count(), 1);
  await tables.close();
}

async function storeReading(): Promise<void> {
  const tables = await DataSource.open('memory:');
  const readings = tables.repository(Reading);
  const reading = Object.assign(new Reading(), {
    deviceId: 'd1',
    readingId: 'r1',
    value: 1,
    label: 'x',
    valid: true,
    sequence: 2n,
    takenAt: new Date(1000),
    batch: Guid.parse(GUID),
    raw: Uint8Array.of(1, 2, 3),
  });
  await readings.insert(reading);
  assert.deepEqual(await readings.getOrThrow({ deviceId: 'd1', readingId: 'r1' }), reading);
  await tables.close();
}

/**
 * Stores both classes. If the compiler does not emit types, the second class must be refused, and the error must list
 * each of its properties.
 */
export async function check(): Promise<string> {
  await storeOrder();
  const told = await storeReading().then(
    () => 'inferred',
    (error: unknown) => {
      if (!EntitableError.is(error, 'metadata.unknown-type')) throw error;
      assert.deepEqual(
        error.details.problems.map(({ property }) => property),
        ['value', 'label', 'valid', 'sequence', 'takenAt', 'batch', 'raw'],
      );
      return 'explicit';
    },
  );
  assert.equal(told, process.env['TYPES'], 'which types work');
  return `types: ${told}`;
}
