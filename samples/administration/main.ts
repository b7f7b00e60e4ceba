import { DataSource, Entity, PartitionKey, Property, RowKey, type StoredRow } from 'entitable';

@Entity({ table: 'SampleInvoices' })
class Invoice {
  @PartitionKey() customer!: PartitionKey;
  @RowKey() number!: RowKey;
  @Property() total!: number;
  @Property() issued!: Date;
}

@Entity({ table: 'SampleCustomers' })
class Customer {
  @PartitionKey() country!: PartitionKey;
  @RowKey() name!: RowKey;
}

await using db = await DataSource.open(process.argv[2] ?? process.env['TABLES'] ?? 'memory:');

console.log('Create the tables of the program that do not exist yet:');
await db.tables.ensure([Invoice, Customer]);
for (const name of ['SampleCustomers', 'SampleInvoices']) {
  console.log(`  ${name} ${(await db.tables.exists(name)) ? 'exists' : 'is missing'}`);
}

await db.tables.truncate(Invoice); // delete the rows of an earlier run
const invoices = db.repository(Invoice);
await invoices.insertMany(
  Array.from({ length: 2500 }, (_, index) =>
    invoices.create({
      customer: ['ada', 'grace', 'linus'][index % 3]!,
      number: String(index).padStart(5, '0'),
      total: index / 4,
      issued: new Date(Date.UTC(2025, 0, 1 + (index % 700))),
    }),
  ),
);
console.log('  stored 2500 invoices');

console.log('\nDescribe a table, without its keys and values:');
const { rows, complete, partitions, properties } = await db.tables.describe('SampleInvoices', { sample: 5000 });
console.log(`  ${rows} rows in ${partitions} partitions, ${complete ? 'the whole table' : 'a sample of the table'}`);
for (const { name, types, missing } of properties)
  console.log(`  ${name}: ${JSON.stringify(types)}, missing ${missing}`);

console.log('\nCopy the invoices of 2025 to another data source, and change them on the way:');
await using archive = await DataSource.open('memory:');
const archived = { dataSource: archive, table: 'Invoices2025' };
const inCents = ({ properties: { total, ...others }, ...row }: StoredRow): StoredRow | undefined =>
  total?.type === 'Double' && total.value > 0
    ? { ...row, properties: { ...others, cents: { type: 'Int64', value: BigInt(total.value * 100) } } }
    : undefined;
const report = await db.tables.copy(Invoice, archived, {
  filter: (invoice) => invoice.issued.lt(new Date('2026-01-01')),
  transform: inCents,
});
console.log(
  `  ${report.read} rows read, ${report.copied} copied, ${report.skipped} skipped, ${report.failed.length} failed`,
);
for (const { name, types } of (await archive.tables.describe(archived.table, { sample: 5000 })).properties) {
  console.log(`  ${name}: ${JSON.stringify(types)}`);
}

console.log('\nCopy again, and keep the rows that the target already has:');
const kept = await db.tables.copy('SampleInvoices', archived, {
  existing: 'keep',
  filter: (property) => property('PartitionKey').eq('ada').and(property('RowKey').lt('00010')),
});
console.log(`  ${kept.copied} copied, ${kept.skipped} kept`);

console.log('\nEmpty the table:');
console.log(`  ${(await db.tables.truncate('SampleInvoices')).deleted} rows deleted`);
