import { DataSource, EntitableError } from 'entitable';
import { Order } from './order.js';
import { readOrders } from './read-orders.js';

const FILE = new URL('../../../samples/quickstart/orders.csv', import.meta.url);
const target = process.argv[2] ?? process.env['TABLES'] ?? 'sqlite:./data.db';

await using tables = await DataSource.open(target);
const orders = tables.repository(Order);
let steps = 0;
console.log(`Entitable quickstart, on the ${tables.traits.kind} store`);

step('Import orders.csv: class instances in, rows out; the table is made on the way');
let count = 0;
for await (const values of readOrders(FILE)) {
  await orders.upsert(orders.create(values), { mode: 'replace' });
  count++;
}
say(`${count} orders stored`);

step('Query a partition, page by page: the orders of ada over 500, three a page');
const large = orders.query({ customerId: 'ada' }).where((o) => o.total.gt(500));
say(`a service is sent: ${large.compile().filter}`);
let number = 0;
for await (const { items } of large.pageSize(3).pages()) {
  say(`page ${++number}`);
  for (const order of items) say(`  ${order.summary}`);
}

step('Read only what is needed: a projection is plain data');
const totals = await orders
  .query({ customerId: 'grace' })
  .where('status', 'in', ['open', 'shipped'])
  .select('total')
  .toArray();
say(`the first of them: ${JSON.stringify(totals[0])}`);
say(`grace has ${totals.length} orders in hand, worth ${totals.reduce((sum, { total }) => sum + total, 0).toFixed(2)}`);

step('Update under an ETag: only the difference is sent');
const key = { customerId: 'ada', orderId: '2026-001' };
const order = await orders.getOrThrow(key);
const stale = await orders.getOrThrow(key);
order.status = 'shipped';
await orders.save(order);
say(`now: ${(await orders.getOrThrow(key)).summary}`);

step('A lost update is refused: somebody else holds the order as it was before');
stale.status = 'cancelled';
await refused(orders.save(stale));
say(`still: ${(await orders.getOrThrow(key)).summary}`);

step('modify() reads, changes and writes, and does so again when it lost a race');
say(`now: ${(await orders.modify(key, (current) => void current.items++)).summary}`);

step('Bad values are refused before anything is sent, and never shown');
await refused(orders.merge(key, { items: 2.5 }));
await refused(orders.merge(key, { email: 'nobody' }));
await refused(orders.insert(Object.assign(new Order(), { ...order, orderId: 'a/b' })));

console.log('\nThe program is samples/quickstart/main.ts. Read on in README.md, and in docs/modelling.md.');

function step(title: string): void {
  console.log(`\n${++steps}. ${title}`);
}

function say(text: string): void {
  console.log(`   ${text}`);
}

async function refused(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!EntitableError.is(error)) throw error;
    say(`refused: ${error.code}`);
    return say(`  ${error.message}`);
  }
  throw new Error('It should have been refused.');
}
