import { DataSource, Entity, filter, filterFromJSON, PartitionKey, Property, RowKey } from 'entitable';

@Entity({ table: 'SampleWeather' })
class Reading {
  @PartitionKey() station!: PartitionKey;
  @RowKey() time!: RowKey;
  @Property({ type: 'Int32' }) celsius?: number;
  @Property({ type: 'String' }) note?: string;
}

await using db = await DataSource.open(process.argv[2] ?? process.env['TABLES'] ?? 'memory:');
const readings = db.repository(Reading);

for (const [station, least] of Object.entries({ bern: 5, oslo: -6, rome: 12 })) {
  for (let hour = 0; hour < 24; hour++) {
    const celsius = station === 'oslo' && hour === 3 ? undefined : least + ((hour * 7) % 13);
    const time = `2026-11-21T${String(hour).padStart(2, '0')}`;
    await readings.upsert(readings.create({ station, time, celsius }), { mode: 'replace' });
  }
}

console.log('Filters are values; printing one hides its operands:');
const warm = filter(Reading, (r) => r.celsius.gt(14));
const morning = filter(Reading, (r) => r.time.between('2026-11-21T06', '2026-11-21T09'));
console.log(`  ${String(warm.and(morning))}`);

console.log('\nBounds on the row key become a key range; the store filters the rest:');
const bern = readings.query({ station: 'bern' }).where(warm.and(morning));
console.log(`  ${bern.explain().plan}: ${bern.compile().filter}`);
for await (const { time, celsius } of bern) console.log(`  ${time} ${celsius}`);

console.log('\nSeveral partitions are read at the same time, and returned in key order:');
const both = readings.query([{ station: 'rome' }, { station: 'bern' }]).where('celsius', 'between', [17, 18]);
console.log(
  `  ${both.explain().requests} requests; ${(await both.toArray()).map(({ station, time }) => `${station} ${time.slice(-2)}`).join(', ')}`,
);

console.log('\nA long list of values becomes several requests:');
const [first, ...others] = Array.from({ length: 24 }, (_, index) => index);
const odd = readings.query({ station: 'oslo' }).where('celsius', 'in', [first ?? 0, ...others]);
console.log(
  `  ${odd.explain().requests} requests, ${odd.explain().comparisons} comparisons at most, ${await odd.count()} results`,
);

console.log('\nThe two coldest readings, sorted on the client:');
for await (const { station, celsius } of readings.scan().orderBy('celsius').take(2))
  console.log(`  ${station} ${celsius}`);

console.log('\nA filter that a web client sent as JSON, checked against the class:');
const wanted = filterFromJSON(Reading, JSON.parse('{ "property": "celsius", "operator": "isMissing" }'));
for await (const { station, time } of readings.scan().where(wanted)) console.log(`  ${station} ${time}`);

console.log('\nChange and delete whatever a filter matches:');
const marked = await readings.scan().where('celsius', 'gt', 15).merge({ note: 'warm' });
console.log(`  ${marked.changed} marked`);
const deleted = await readings.scan().where('note', 'eq', 'warm').delete();
console.log(`  ${deleted.changed} deleted, ${await readings.scan().count()} left`);
