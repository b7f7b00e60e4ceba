import { DataSource, Entity, EntitableError, newestFirst, PartitionKey, Property, RowKey } from 'entitable';

/** Several properties in each key, newest event first. */
@Entity({ table: 'SampleEvents', partitionKey: 'TENANT|{tenantId}|{stream}', rowKey: '{at}|{eventId}' })
class Event {
  @PartitionKey() tenantId!: PartitionKey;
  @PartitionKey() stream!: PartitionKey;
  @RowKey({ converter: newestFirst }) at!: RowKey<Date>;
  @RowKey() eventId!: RowKey;
  @Property() text!: string;
}

/** Two classes in one table: each sees its own rows, by the literal its row keys begin with. */
@Entity({ table: 'SampleShop', rowKey: 'order|{orderId}' })
class Order {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() orderId!: RowKey;
}
@Entity({ table: 'SampleShop', rowKey: 'invoice|{invoiceId}' })
class Invoice {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() invoiceId!: RowKey;
}

await using tables = await DataSource.open(process.argv[2] ?? process.env['TABLES'] ?? 'memory:');

const events = tables.repository(Event);
const stream = { tenantId: 'a|b', stream: 'orders/2026' }; // any text: what a key cannot hold is escaped
for (const [hour, text] of ['created', 'paid', 'packed', 'shipped'].entries()) {
  await events.upsert(
    events.create({ ...stream, at: new Date(Date.UTC(2026, 10, 21, hour)), eventId: `e${hour}`, text }),
  );
}

console.log('The newest two:');
for await (const { at, text } of events.query(stream).take(2)) console.log(`  ${at.toISOString()} ${text}`);

console.log('\nFrom 01:00 to 02:00, a range of row keys:');
const early = events
  .query(stream)
  .where((e) => e.at.between(new Date(Date.UTC(2026, 10, 21, 1)), new Date(Date.UTC(2026, 10, 21, 2))));
console.log(`  ${early.compile().filter}`);
for await (const { eventId, text } of early) console.log(`  ${eventId} ${text}`);

console.log('\nA part behind another is no range of its own:');
try {
  await events.query(stream).where('eventId', 'eq', 'e1').toArray();
} catch (error) {
  if (!EntitableError.is(error, 'query.not-expressible')) throw error;
  console.log(`  ${error.code}`);
  console.log(`  ${error.message}`);
}

console.log('\nTwo classes in one table:');
await tables.repository(Order).upsert({ customerId: 'c1', orderId: '7' });
await tables.repository(Invoice).upsert({ customerId: 'c1', invoiceId: '8' });
console.log(
  `  orders: ${(await tables.repository(Order).query({ customerId: 'c1' }).toArray()).map(({ orderId }) => orderId).join()}`,
);
console.log(
  `  invoices: ${(await tables.repository(Invoice).query({ customerId: 'c1' }).toArray()).map(({ invoiceId }) => invoiceId).join()}`,
);
console.log(`  ${tables.repository(Order).query({ customerId: 'c1' }).compile().filter}`);
