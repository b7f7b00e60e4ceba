// An older application: CommonJS without a compiler.
const assert = require('node:assert/strict');
const { DataSource, defineEntity } = require('entitable');

class Order {}
defineEntity(Order, {
  table: 'Orders',
  properties: { customerId: 'PartitionKey', orderId: 'RowKey', total: 'Double' },
});

async function main() {
  const tables = await DataSource.open('memory:');
  const orders = tables.repository(Order);
  await orders.insert(Object.assign(new Order(), { customerId: 'c1', orderId: 'o1', total: 20 }));
  const found = await orders.getOrThrow({ customerId: 'c1', orderId: 'o1' });
  assert.equal(found.total, 20);
  await tables.close();
  assert.equal(await import('entitable').then((module) => module.DataSource), DataSource);
  console.log('CommonJS application: ok');
}
void main();
