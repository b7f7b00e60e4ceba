import { expect } from 'chai';
import fc from 'fast-check';
import { Entity, ETag, PartitionKey, Property, RowKey } from '../../decorators/index.js';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { Repository } from '../../src/repository/repository.js';
import type { UnitOfWork } from '../../src/unit-of-work/unit-of-work.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { faultyStore, type Fault, type FaultyStore } from '../support/faulty-store.js';

@Entity({ table: 'Ledger' })
class Line {
  @PartitionKey() account!: PartitionKey;
  @RowKey() name!: RowKey;
  @Property({ type: 'Int32' }) amount!: number;
  @Property({ type: 'String' }) note?: string;
  @ETag() etag?: string;
}

const line = (name: string, amount: number): Line => Object.assign(new Line(), { account: 'a', name, amount });
const BALANCE = { account: 'a', name: 'balance' } as const;

/** Number of random histories on each store. On Azurite every step is a request, so there are fewer. */
const HISTORIES: Readonly<Record<string, number>> = { memory: 2000, sqlite: 200, lmdb: 100, azurite: 40 };

interface Bench {
  readonly faulty: FaultyStore;
  /** A data source on the connection that fails. */
  readonly tables: DataSource;
  /** The repository of another writer, on a reliable connection. */
  readonly others: Repository<Line>;
}

onEveryStore('A commit after a lost answer', (open, storeName) => {
  async function bench(): Promise<Bench> {
    const { store, tables: clean, tableName } = await open();
    await clean.tables.createIfMissing(tableName('Ledger'));
    const faulty = faultyStore(store);
    const tables = await DataSource.open(faulty.store, { tableName });
    return { faulty, tables, others: clean.repository(Line) };
  }

  it('A repeated commit recognises its write although another writer has changed another property of the row since', async () => {
    const { faulty, tables, others } = await bench();
    await others.insert(line('balance', 100));
    const unit = tables.unitOfWork();
    const balance = await unit.repository(Line).getOrThrow(BALANCE);
    balance.amount += 10;
    unit.insert(line('deposit', 10));
    faulty.faults.push('lost-after');
    expect(await rejection(unit.commit())).to.have.property('code', 'commit.partial');
    await others.modify(BALANCE, (current) => void (current.note = 'touched by somebody else'));
    expect((await unit.commit()).committed).to.have.length(2);
    expect(await others.getOrThrow(BALANCE)).to.include({ amount: 110, note: 'touched by somebody else' });
    balance.amount += 5;
    await unit.commit();
    expect(await others.getOrThrow(BALANCE)).to.include({ amount: 115, note: 'touched by somebody else' });
  });

  it('A repeated commit does not claim the lock of a rival that wrote one of its rows with the same content', async () => {
    const { faulty, tables, others } = await bench();
    await others.insertMany([line('state', 0), line('owner', 0)]);
    const take = async (unit: UnitOfWork, owner: number): Promise<void> => {
      const lines = unit.repository(Line);
      (await lines.getOrThrow({ account: 'a', name: 'state' })).amount = 1;
      (await lines.getOrThrow({ account: 'a', name: 'owner' })).amount = owner;
    };
    const [mine, theirs] = [tables.unitOfWork(), tables.unitOfWork()];
    await take(mine, 1);
    await take(theirs, 2);
    faulty.faults.push('lost-before');
    expect(await outcomeOf(mine)).to.equal('unknown');
    expect(await outcomeOf(theirs)).to.equal('committed');
    expect(await outcomeOf(mine)).to.equal('unknown');
    expect((await others.getOrThrow({ account: 'a', name: 'owner' })).amount).to.equal(2);
  });

  it('A lost commit stays unknown if no row shows its outcome, and blocks other writes of the unit until discard()', async () => {
    const { faulty, tables, others } = await bench();
    await others.insert(line('balance', 100));
    const unit = tables.unitOfWork();
    (await unit.repository(Line).getOrThrow(BALANCE)).amount += 10;
    faulty.faults.push('lost-after');
    await rejection(unit.commit());
    await others.modify(BALANCE, (current) => void (current.amount += 1));
    unit.insert(line('more', 1));
    for (let again = 0; again < 2; again++) {
      const error = await rejection(unit.commit());
      if (!EntitableError.is(error, 'commit.partial')) throw error;
      const { committed, failed, unknown, pending } = error.details;
      expect([committed, failed, unknown, pending].map(({ length }) => length)).to.deep.equal([0, 0, 1, 1]);
      expect(error.cause).to.have.property('code', 'store.outcome-unknown');
      expect(error.cause).to.have.nested.property('details.found', 'changed');
    }
    unit.discard();
    expect((await others.scan().toArray()).map(({ amount }) => amount)).to.deep.equal([111]);
  });

  it('A lost commit of repeatable writes is sent again without reading back', async () => {
    const { faulty, tables, others } = await bench();
    const unit = tables.unitOfWork();
    await unit.repository(Line).upsert(line('setting', 1));
    faulty.faults.push('lost-after');
    await rejection(unit.commit());
    await others.upsert(line('setting', 2));
    expect((await unit.commit()).committed).to.have.length(1);
    expect((await others.getOrThrow({ account: 'a', name: 'setting' })).amount).to.equal(1);
  });

  it('A deposit that follows the guide is never written twice, nor reported as not written when it was, in random histories', async function () {
    this.timeout(120_000);
    const { faulty, tables, others } = await bench();
    const rival = fc.constantFrom(...(Object.keys(RIVALS) as (keyof typeof RIVALS)[]));
    const fault = fc.constantFrom<Fault>('none', 'none', 'unavailable', 'lost-before', 'lost-after');
    const round = fc.record({ fault, rival });
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(round, { minLength: 1, maxLength: 6 }), async (withRecord, rounds) => {
        await others.scan().delete();
        await others.insert(line('balance', 1000));
        await deposit({ faulty, tables, others }, withRecord, rounds);
      }),
      { numRuns: HISTORIES[storeName] ?? 40, seed: 14 },
    );
  });

  /**
   * Follows the recipe of docs/unit-of-work.md for lost answers and lost races, and checks it against what the store
   * has done.
   */
  async function deposit(
    { faulty, tables, others }: Bench,
    withRecord: boolean,
    rounds: readonly { readonly fault: Fault; readonly rival: keyof typeof RIVALS }[],
  ): Promise<void> {
    const unit = tables.unitOfWork();
    const lines = unit.repository(Line);
    const balance = await lines.getOrThrow(BALANCE);
    balance.amount += 10;
    if (withRecord) unit.insert(line('record', 10));
    faulty.carriedOut = 0;
    for (const { fault, rival } of rounds) {
      await RIVALS[rival](others);
      faulty.faults.splice(0, Infinity, fault);
      const outcome = await outcomeOf(unit);
      expect(faulty.carriedOut, 'the deposit is written at most once').to.be.at.most(1);
      if (outcome === 'committed')
        return void expect(faulty.carriedOut, 'a deposit that is reported as written was written').to.equal(1);
      if (outcome === 'unknown') continue;
      expect(faulty.carriedOut, 'a deposit that is reported as not written was not written').to.equal(0);
      if (outcome === 'store.unavailable') continue;
      if ((await others.get(BALANCE)) === undefined) return;
      await lines.refresh(balance);
      balance.amount += 10;
    }
  }
});

/** The writes of another writer between two commits. */
const RIVALS = {
  nothing: async () => undefined,
  touches: (lines: Repository<Line>) => changed(lines, (balance) => void (balance.note = `note ${Math.random()}`)),
  deposits: (lines: Repository<Line>) => changed(lines, (balance) => void (balance.amount += 1)),
  'takes the record': (lines: Repository<Line>) =>
    lines.delete({ account: 'a', name: 'record' }, { missing: 'ignore' }),
  'deletes all': (lines: Repository<Line>) => lines.scan().delete(),
} as const satisfies Readonly<Record<string, (lines: Repository<Line>) => Promise<unknown>>>;

async function changed(lines: Repository<Line>, change: (balance: Line) => void): Promise<void> {
  if (await lines.exists(BALANCE)) await lines.modify(BALANCE, change);
}

/** Returns `committed`, `unknown`, or the error code of a commit that wrote nothing. */
async function outcomeOf(unit: UnitOfWork): Promise<string> {
  try {
    await unit.commit();
    return 'committed';
  } catch (error) {
    if (EntitableError.is(error, 'commit.partial')) return 'unknown';
    if (EntitableError.is(error, 'store.')) return error.code;
    throw error;
  }
}
