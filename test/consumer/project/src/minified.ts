// The driver bundles and minifies this file: both classes then have the same name, which must not matter.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, Entity, PartitionKey, Property, RowKey } from 'entitable';

function makeOrder() {
  @Entity({ table: 'Orders' })
  class Order {
    @PartitionKey() customerId!: PartitionKey;
    @RowKey() orderId!: RowKey;
    @Property({ type: 'Double' }) total!: number;
  }
  return Order;
}

function makeShipment() {
  @Entity({ table: 'Shipments' })
  class Shipment {
    @PartitionKey() orderId!: PartitionKey;
    @RowKey() parcel!: RowKey;
    @Property({ type: 'String' }) carrier!: string;
  }
  return Shipment;
}

const Order = makeOrder();
const Shipment = makeShipment();

async function run(target: string): Promise<void> {
  const tables = await DataSource.open(target);
  const orders = tables.repository(Order);
  const shipments = tables.repository(Shipment);
  await orders.insert(Object.assign(new Order(), { customerId: 'c1', orderId: 'o1', total: 20 }));
  await shipments.insert(Object.assign(new Shipment(), { orderId: 'o1', parcel: 'p1', carrier: 'sea' }));
  assert.equal((await orders.getOrThrow({ customerId: 'c1', orderId: 'o1' })).total, 20);
  assert.equal((await shipments.getOrThrow({ orderId: 'o1', parcel: 'p1' })).carrier, 'sea');
  await tables.close();
  assert.ok('getMetadata' in Reflect && 'metadata' in Symbol, 'what decorators need is not in the bundle');
}

const folder = mkdtempSync(join(tmpdir(), 'entitable-minified-'));
try {
  for (const target of ['memory:', `sqlite:${join(folder, 'data.db')}`]) await run(target);
  console.log(`Minified bundle, classes named ${Order.name} and ${Shipment.name}: ok`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
