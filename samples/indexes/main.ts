import { DataSource, EntitableError, Entity, index, newestFirst, PartitionKey, Property, RowKey } from 'entitable';

/** Makes an index ignore case, and spaces around the value. */
const ignoringCase = { toStored: (text: string): string => text.normalize('NFC').trim().toLowerCase() };

@Entity({ table: 'SampleUsers', rowKey: 'user|{id}' })
class User {
  static readonly byEmail = index({ on: [['email', ignoringCase]], unique: true });
  static readonly byPlan = index({ on: ['plan', ['joinedAt', newestFirst]], project: ['name'] });
  static readonly overdue = index({ on: ['paidUntil'], where: { plan: 'paid' }, project: ['name'] });

  @PartitionKey() tenant!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) name!: string;
  @Property({ type: 'String' }) email!: string;
  @Property({ type: 'String' }) plan!: 'free' | 'paid';
  @Property({ type: 'DateTime' }) joinedAt!: Date;
  @Property({ type: 'DateTime' }) paidUntil?: Date;
}

await using db = await DataSource.open(process.argv[2] ?? process.env['TABLES'] ?? 'memory:');
const users = db.repository(User);
const tenant = 'acme';
await users.query({ tenant }).delete();

step('Insert users: each transaction also writes the entries of the indexes');
for (const [id, plan, joined] of [
  ['ada', 'paid', '2026-02-01'],
  ['bob', 'free', '2026-03-01'],
  ['cy', 'paid', '2026-04-01'],
  ['dee', 'paid', '2026-05-01'],
] as const) {
  const name = id.slice(0, 1).toUpperCase() + id.slice(1);
  const joinedAt = new Date(joined);
  const paidUntil = plan === 'paid' ? new Date(joinedAt.getTime() + 90 * 86_400_000) : undefined;
  await users.insert(
    users.create({ tenant, id, name, email: `${name}@example.org`, plan, joinedAt, ...(paidUntil && { paidUntil }) }),
  );
}
console.log(`  ${await users.query({ tenant }).count()} users`);

step('Log in by e-mail, whatever its case');
const ada = await users.getBy(User.byEmail, { tenant, email: 'ADA@example.org ' });
console.log(`  ${ada?.name} <${ada?.email}>`);

step('Refuse an e-mail that somebody else has');
await refused(users.merge({ tenant, id: 'bob' }, { email: 'Cy@Example.org' }));

step('List the users of a plan, those who joined last first, from the index alone');
const paid = users.by(User.byPlan, { tenant, plan: 'paid' }).select('name', 'joinedAt');
for await (const { name, joinedAt } of paid) console.log(`  ${name} ${joinedAt.toISOString().slice(0, 10)}`);
console.log(`  ${paid.compile().filter}`);

step('A range: who joined in April or later');
const recent = users.by(User.byPlan, { tenant, plan: 'paid' }).where('joinedAt', 'ge', new Date('2026-04-01'));
for await (const { name } of recent) console.log(`  ${name}`);

step('A partial index: who should have paid by the end of June');
const overdue = users.by(User.overdue, { tenant }).where('paidUntil', 'lt', new Date('2026-07-01'));
const { changed } = await overdue.merge({ plan: 'free', paidUntil: null });
console.log(`  ${changed} users lost their plan`);
console.log(`  ${await overdue.count()} overdue, ${await paid.count()} paid`);

step('Swap two unique values in one unit of work');
await db.unitOfWork(
  async (unit) => {
    const repository = unit.repository(User);
    const bob = await repository.getOrThrow({ tenant, id: 'bob' });
    const cy = await repository.getOrThrow({ tenant, id: 'cy' });
    [bob.email, cy.email] = [cy.email, bob.email];
  },
  { atomic: true },
);
console.log(`  cy@example.org is now ${(await users.getBy(User.byEmail, { tenant, email: 'cy@example.org' }))?.name}`);

function step(title: string): void {
  console.log(`\n${title}`);
}

async function refused(write: Promise<unknown>): Promise<void> {
  const error = await write.catch((thrown: unknown) => thrown);
  if (!EntitableError.is(error, 'entity.not-unique')) throw new Error('It should have been refused.');
  console.log(`  ${error.code}: ${error.details.properties?.join(', ')}`);
}
