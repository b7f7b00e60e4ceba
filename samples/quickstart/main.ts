import { DataSource, EntitableError } from 'entitable';
import { Order } from './order.js';
import { readOrders } from './read-orders.js';

const FILE = new URL('../../../samples/quickstart/orders.csv', import.meta.url);
const target = process.argv[2] ?? process.env['TABLES'] ?? 'sqlite:./data.db';

await using db = await DataSource.open(target);
const orders = db.repository(Order);
let steps = 0;
console.log(`Entitable quickstart, on the ${db.traits.kind} store`);

step('Import orders.csv: store class instances as rows; the first write creates the table');
let count = 0;
for await (const values of readOrders(FILE)) {
  await orders.upsert(orders.create(values), { mode: 'replace' });
  count++;
}
say(`${count} orders stored`);

step('Query a partition page by page: the orders of ada above 500, three to a page');
const large = orders.query({ customerId: 'ada' }).where((o) => o.total.gt(500));
say(`the filter that a service receives: ${large.compile().filter}`);
let number = 0;
for await (const { items } of large.pageSize(3).pages()) {
  say(`page ${++number}`);
  for (const order of items) say(`  ${order.summary}`);
}

step('Read only one property: select() returns plain data');
const totals = await orders
  .query({ customerId: 'grace' })
  .where('status', 'in', ['open', 'shipped'])
  .select('total')
  .toArray();
say(`the first result: ${JSON.stringify(totals[0])}`);
say(
  `grace has ${totals.length} open or shipped orders, worth ${totals.reduce((sum, { total }) => sum + total, 0).toFixed(2)}`,
);

step('Save a change: only the changed property is sent, and only if the ETag still matches');
const key = { customerId: 'ada', orderId: '2026-001' };
const order = await orders.getOrThrow(key);
const stale = await orders.getOrThrow(key);
order.status = 'shipped';
await orders.save(order);
say(`now: ${(await orders.getOrThrow(key)).summary}`);

step('Refuse a lost update: this copy of the order was read before the change');
stale.status = 'cancelled';
await refused(orders.save(stale));
say(`still: ${(await orders.getOrThrow(key)).summary}`);

step('Increment a number with modify(): it reads, changes and saves, and retries if somebody else was faster');
say(`now: ${(await orders.modify(key, (current) => void current.items++)).summary}`);

step('Refuse invalid values before a request; messages never show the values');
await refused(orders.merge(key, { items: 2.5 }));
await refused(orders.merge(key, { email: 'nobody' }));
await refused(orders.insert(Object.assign(new Order(), { ...order, orderId: 'a/b' })));

console.log('\nThe program is samples/quickstart/main.ts. Continue with docs/getting-started.md and docs/concepts.md.');

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
