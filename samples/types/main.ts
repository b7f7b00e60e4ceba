import { DataSource, decimal, Entity, enumOf, Guid, json, oneOf, PartitionKey, Property, RowKey } from 'entitable';

enum Priority {
  Low = 1,
  High = 10,
}

interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/** A property of every EDM type, and properties of other types that converters store. */
@Entity({ table: 'SampleTypes' })
class Specimen {
  @PartitionKey() kind!: PartitionKey;
  @RowKey() name!: RowKey;
  @Property() text!: string; // Edm.String
  @Property({ type: 'Int32' }) small!: number;
  @Property() large!: bigint; // Edm.Int64
  @Property() ratio!: number; // Edm.Double
  @Property() flag!: boolean; // Edm.Boolean
  @Property() moment!: Date; // Edm.DateTime
  @Property() id!: Guid; // Edm.Guid
  @Property() bytes!: Uint8Array; // Edm.Binary
  @Property({ converter: json<Dimensions>() }) size!: Dimensions;
  @Property({ converter: oneOf('draft', 'final') }) state!: 'draft' | 'final';
  @Property({ converter: enumOf(Priority) }) priority!: Priority;
  @Property({ converter: decimal({ scale: 2 }) }) price!: string; // Edm.Int64, in cents
  @Property({ type: 'String' }) note?: string | null;
  @Property({ default: 'none' }) colour?: string;
}

await using db = await DataSource.open(process.argv[2] ?? process.env['TABLES'] ?? 'memory:');
const specimens = db.repository(Specimen);

const specimen = specimens.create({
  kind: 'sample',
  name: 'one',
  text: 'Größe 漢字 😀',
  small: -(2 ** 31),
  large: 2n ** 63n - 1n,
  ratio: 20, // stored as a Double although it is a whole number
  flag: false,
  moment: new Date('2026-11-21T09:30:00.123Z'),
  id: Guid.parse('C9DA6455-213D-42C9-9A79-3E9149A57833'),
  bytes: new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4), // a view stores only its own bytes
  size: { width: 3, height: 4 },
  state: 'draft',
  priority: Priority.High,
  price: '12.50',
  note: null, // the same as undefined: not stored
});
await specimens.upsert(specimen, { mode: 'replace' });

console.log('Read the entity back:');
const loaded = await specimens.getOrThrow({ kind: 'sample', name: 'one' });
for (const [name, value] of Object.entries(loaded)) {
  console.log(`  ${name.padEnd(9)}${value instanceof Uint8Array ? `bytes ${value.join(' ')}` : show(value)}`);
}
console.log(`It is an instance of Specimen: ${loaded instanceof Specimen}`);

console.log('\nDoubles that JSON cannot express:');

for (const ratio of [Number.NaN, -Infinity]) {
  await specimens.merge({ kind: 'sample', name: 'one' }, { ratio });
  const { ratio: found } = await specimens.getOrThrow({ kind: 'sample', name: 'one' });
  console.log(`  ${Object.is(found, ratio) ? 'the same' : 'another'}:`, found);
}
const cheap = await specimens
  .query({ kind: 'sample' })
  .where((s) =>
    s.large
      .ge(2n ** 62n)
      .and(s.priority.eq(Priority.High))
      .and(s.note.isMissing()),
  )
  .select('name', 'price')
  .toArray();
console.log('\nFilter by an Int64, by an enum and by a missing property:');
console.log(`  ${cheap.map(({ name, price }) => `${name} at ${price}`).join(', ')}`);

function show(value: unknown): string {
  if (value instanceof Date) return `Date ${value.toISOString()}`;
  if (Guid.is(value)) return `Guid ${value.toString()}`;
  return typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? 'undefined');
}
