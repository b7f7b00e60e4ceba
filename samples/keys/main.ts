import { DataSource, Entity, EntitableError, newestFirst, PartitionKey, Property, RowKey } from 'entitable';

/** Each key consists of several properties. Within a stream, the newest event comes first. */
@Entity({ table: 'SampleEvents', partitionKey: 'TENANT|{tenantId}|{stream}', rowKey: '{at}|{eventId}' })
class Event {
  @PartitionKey() tenantId!: PartitionKey;
  @PartitionKey() stream!: PartitionKey;
  @RowKey({ converter: newestFirst }) at!: RowKey<Date>;
  @RowKey() eventId!: RowKey;
  @Property() text!: string;
}

/** Two classes in one table. Their row keys begin with different literals, so each class reads only its own rows. */
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

await using db = await DataSource.open(process.argv[2] ?? process.env['TABLES'] ?? 'memory:');

const events = db.repository(Event);
const stream = { tenantId: 'a|b', stream: 'orders/2026' }; // any text: the template escapes what a key cannot hold
for (const [hour, text] of ['created', 'paid', 'packed', 'shipped'].entries()) {
  await events.upsert(
    events.create({ ...stream, at: new Date(Date.UTC(2026, 10, 21, hour)), eventId: `e${hour}`, text }),
  );
}

console.log('The two newest events:');
for await (const { at, text } of events.query(stream).take(2)) console.log(`  ${at.toISOString()} ${text}`);

console.log('\nA filter on the time becomes a range of row keys:');
const early = events
  .query(stream)
  .where((e) => e.at.between(new Date(Date.UTC(2026, 10, 21, 1)), new Date(Date.UTC(2026, 10, 21, 2))));
console.log(`  ${early.compile().filter}`);
for await (const { eventId, text } of early) console.log(`  ${eventId} ${text}`);

console.log('\nA filter on the second part alone is no range, and is refused:');
try {
  await events.query(stream).where('eventId', 'eq', 'e1').toArray();
} catch (error) {
  if (!EntitableError.is(error, 'query.not-expressible')) throw error;
  console.log(`  ${error.code}`);
  console.log(`  ${error.message}`);
}

console.log('\nTwo classes in one table:');
await db.repository(Order).upsert({ customerId: 'c1', orderId: '7' });
await db.repository(Invoice).upsert({ customerId: 'c1', invoiceId: '8' });
console.log(
  `  orders: ${(await db.repository(Order).query({ customerId: 'c1' }).toArray()).map(({ orderId }) => orderId).join()}`,
);
console.log(
  `  invoices: ${(await db.repository(Invoice).query({ customerId: 'c1' }).toArray()).map(({ invoiceId }) => invoiceId).join()}`,
);
console.log(`  ${db.repository(Order).query({ customerId: 'c1' }).compile().filter}`);
