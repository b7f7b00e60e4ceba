import { DataSource, Entity, PartitionKey, Property, Repository, RowKey, type Query, type Session } from 'entitable';

@Entity({ table: 'SampleAccounts' })
class Account {
  @PartitionKey() bank!: PartitionKey;
  @RowKey() number!: RowKey;
  @Property() balance!: number;
  @Property({ type: 'String' }) state!: 'open' | 'closed';
}

/** Stands for any other service that the repository needs. */
class Journal {
  record(line: string): void {
    console.log(`  journal: ${line}`);
  }
}

/** The domain's queries and changes in one place. Queries build on each other; `deposit` also writes to the journal. */
class Accounts extends Repository.of(Account) {
  constructor(
    session: Session,
    private readonly journal: Journal,
  ) {
    super(session);
  }

  open(bank: string): Query<Account> {
    return this.query({ bank }).where('state', 'eq', 'open');
  }

  overdrawn(bank: string): Query<Account> {
    return this.open(bank).where((account) => account.balance.lt(0));
  }

  async deposit(bank: string, number: string, amount: number): Promise<Account> {
    const account = await this.modify({ bank, number }, (current) => void (current.balance += amount));
    this.journal.record(`${number} ${amount > 0 ? '+' : ''}${amount}, now ${account.balance}`);
    return account;
  }
}

await using db = await DataSource.open(process.argv[2] ?? process.env['TABLES'] ?? 'memory:');
const accounts = db.repository(Accounts, new Journal());

for (const [number, balance] of Object.entries({ A1: 100, A2: -20, A3: 5 })) {
  await accounts.upsert({ bank: 'b', number, balance, state: number === 'A3' ? 'closed' : 'open' });
}
console.log(`open:      ${(await accounts.open('b').toArray()).map(({ number }) => number).join(', ')}`);
console.log(`overdrawn: ${(await accounts.overdrawn('b').toArray()).map(({ number }) => number).join(', ')}`);

console.log('\nMake five deposits of 10 at the same time; all of them count:');
await Promise.all(
  Array.from({ length: 5 }, () =>
    accounts.modify({ bank: 'b', number: 'A1' }, (account) => void (account.balance += 10)),
  ),
);
console.log(`  balance of A1: ${(await accounts.getOrThrow({ bank: 'b', number: 'A1' })).balance}`);

console.log('\nMake a deposit, and record it in the journal:');
await accounts.deposit('b', 'A2', 50);
console.log(`  overdrawn accounts: ${await accounts.overdrawn('b').count()}`);
