import { DataSource, EntitableError, type CommitWrite, type UnitOfWork } from 'entitable';
import { account, Account, entry, Entry } from './bank.js';

await using db = await DataSource.open(process.argv[2] ?? process.env['TABLES'] ?? 'memory:');
const accounts = db.repository(Account);
await accounts.scan().delete();
await db.repository(Entry).scan().delete();
await accounts.insertMany([account('north', 'A1', 100), account('north', 'A2', 20), account('south', 'S1', 50)]);

step('Collect changes, and commit them in one transaction per partition');
const work = db.unitOfWork();
const a1 = await work.repository(Account).getOrThrow({ branch: 'north', number: 'A1' });
a1.balance -= 30;
const a2 = await work.repository(Account).getOrThrow({ branch: 'north', number: 'A2' });
a2.balance += 30;
work.insert(entry('north', '001', 'A1 to A2: 30'));
show(work);
const { committed } = await work.commit({ atomic: true });
say(`committed: ${committed.map(named).join(', ')}`);
await balances();

step('Within a unit, a row is always the same object, and reads see uncommitted changes');
const again = await work.get(Account, { branch: 'north', number: 'A1' });
say(`the same object: ${String(again === a1)}`);
work.delete(a2);
say(`the deleted account still exists: ${await work.repository(Account).exists({ branch: 'north', number: 'A2' })}`);
work.insert(account('north', 'A2', 1));
show(work);
work.discard();
say(`batches after discard(): ${work.plan().length}`);

step('A transfer between two partitions cannot be atomic');
await refused(db.unitOfWork((unit) => transfer(unit, ['north', 'A1'], ['south', 'S1'], 10), { atomic: true }));
await balances();

step('Without { atomic: true } a commit can succeed in part: read the report, then commit the rest');
const halved = db.unitOfWork();
await transfer(halved, ['north', 'A1'], ['south', 'S1'], 10);
await accounts.merge({ branch: 'south', number: 'S1' }, { note: 'changed by somebody else meanwhile' });
const report = await halved.commit({ concurrency: 1 }).catch((error: unknown) => error);
if (!EntitableError.is(report, 'commit.partial')) throw new Error('It should have been refused.');
say(`committed: ${report.details.committed.map(named).join(', ')}`);
say(`failed: ${report.details.failed.map(named).join(', ')} (${(report.cause as EntitableError).code})`);
const [failure] = report.details.failed;
const s1 = failure!.entity as Account;
await halved.repository(Account).refresh(s1);
s1.balance += 10;
await halved.commit();
await balances();

step('Run transfers at the same time: maxRetries runs the work again after a conflict');
await Promise.all(
  Array.from({ length: 5 }, () =>
    db.unitOfWork((unit) => transfer(unit, ['north', 'A1'], ['north', 'A2'], 1), { maxRetries: 30 }),
  ),
);
await balances();

step('Move an entity: insert a copy under the new key and delete the old row');
await db.unitOfWork(
  async (unit) => {
    const old = await unit.repository(Account).getOrThrow({ branch: 'north', number: 'A2' });
    unit.insert(account('north', 'B9', old.balance));
    unit.delete(old);
    show(unit);
  },
  { atomic: true },
);
await balances();

async function transfer(
  unit: UnitOfWork,
  [fromBranch, fromNumber]: readonly [string, string],
  [toBranch, toNumber]: readonly [string, string],
  amount: number,
): Promise<void> {
  const from = await unit.repository(Account).getOrThrow({ branch: fromBranch, number: fromNumber });
  const to = await unit.repository(Account).getOrThrow({ branch: toBranch, number: toNumber });
  from.balance -= amount;
  to.balance += amount;
}

async function balances(): Promise<void> {
  const all = await accounts.query([{ branch: 'north' }, { branch: 'south' }]).toArray();
  say(`balances: ${all.map(({ number, balance }) => `${number} ${balance}`).join(', ')}`);
}

function show(unit: UnitOfWork): void {
  for (const { partitionKey, writes } of unit.plan()) say(`to ${partitionKey}: ${writes.map(named).join(', ')}`);
}

function named({ mode, rowKey }: CommitWrite): string {
  return `${mode} ${rowKey}`;
}

function step(title: string): void {
  console.log(`\n${title}`);
}

function say(text: string): void {
  console.log(`  ${text}`);
}

async function refused(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!EntitableError.is(error)) throw error;
    return say(`refused, ${error.code}: ${error.message}`);
  }
  throw new Error('It should have been refused.');
}
