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

await using source = await DataSource.open(process.argv[2] ?? process.env['TABLES'] ?? 'memory:');
const { tables } = source;

console.log('At start-up, the tables of a program are made where they are missing:');
await tables.ensure([Invoice, Customer]);
for (const name of ['SampleCustomers', 'SampleInvoices']) {
  console.log(`  ${name} ${(await tables.exists(name)) ? 'stands' : 'is missing'}`);
}

await tables.truncate(Invoice); // what an earlier run left
const invoices = source.repository(Invoice);
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
console.log('  2500 invoices are stored');

console.log('\nWhat a table holds is told without its keys and values:');
const { rows, complete, partitions, properties } = await tables.describe('SampleInvoices', { sample: 5000 });
console.log(`  ${rows} rows of ${partitions} partitions, ${complete ? 'all that there are' : 'and there are more'}`);
for (const { name, types, missing } of properties)
  console.log(`  ${name}: ${JSON.stringify(types)}, missing ${missing}`);

console.log('\nA part of it is copied to another data source, changed on its way:');
await using archive = await DataSource.open('memory:');
const archived = { dataSource: archive, table: 'Invoices2025' };
const inCents = ({ properties: { total, ...others }, ...row }: StoredRow): StoredRow | undefined =>
  total?.type === 'Double' && total.value > 0
    ? { ...row, properties: { ...others, cents: { type: 'Int64', value: BigInt(total.value * 100) } } }
    : undefined;
const report = await tables.copy(Invoice, archived, {
  filter: (invoice) => invoice.issued.lt(new Date('2026-01-01')),
  transform: inCents,
});
console.log(
  `  ${report.read} rows read, ${report.copied} copied, ${report.skipped} skipped, ${report.failed.length} failed`,
);
for (const { name, types } of (await archive.tables.describe(archived.table, { sample: 5000 })).properties) {
  console.log(`  ${name}: ${JSON.stringify(types)}`);
}

console.log('\nA copy that meets rows of its keys writes over them, or keeps them:');
const kept = await tables.copy('SampleInvoices', archived, {
  existing: 'keep',
  filter: (property) => property('PartitionKey').eq('ada').and(property('RowKey').lt('00010')),
});
console.log(`  ${kept.copied} copied, ${kept.skipped} kept`);

console.log('\nIn the end it is emptied:');
console.log(`  ${(await tables.truncate('SampleInvoices')).deleted} rows deleted`);
