import { expect } from 'chai';
import { Entity, ETag, PartitionKey, Property, RowKey } from '../../decorators/index.js';
import { DataSource } from '../../src/data-source/data-source.js';
import type { CommitWrite } from '../../src/errors/write-reports.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { index } from '../../src/metadata/indexes/declaration.js';
import type { UnitOfWork } from '../../src/unit-of-work/unit-of-work.js';
import { findings } from '../indexes/users.js';
import { onEveryStore, rejection, type Open } from '../support/every-store.js';
import { faultyStore, type FaultyStore } from '../support/faulty-store.js';
import { EXCHANGES } from '../support/exchanges.js';

@Entity({ table: 'Members', rowKey: 'member|{id}' })
class Member {
  static readonly byEmail = index({ on: ['email'], unique: true });
  @PartitionKey() club!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) email?: string | undefined;
  @Property({ type: 'String' }) note?: string | undefined;
  @ETag() etag?: string | undefined;
}

const member = (id: string, email: string | undefined): Member => Object.assign(new Member(), { club: 'c', id, email });

interface Bench {
  readonly db: DataSource;
  readonly faulty: FaultyStore;
  readonly check: () => Promise<void>;
  readonly work: UnitOfWork;
}

async function bench(open: Open): Promise<Bench> {
  const { store, tables, tableName } = await open();
  await tables.tables.createIfMissing(tableName('Members'));
  const faulty = faultyStore(store);
  const db = await DataSource.open(faulty.store, { tableName, retry: false });
  const check = async (): Promise<void> => {
    expect(await findings(tables, Member, tableName)).to.deep.equal({ missing: [], surplus: [] });
  };
  return { db, faulty, check, work: db.unitOfWork() };
}

const emails = async (db: DataSource): Promise<Readonly<Record<string, string | undefined>>> => {
  const members = await db.repository(Member).query({ club: 'c' }).toArray();
  return Object.fromEntries(members.map(({ id, email }) => [id, email]));
};

/** Makes the changes in a unit of work. */
async function exchange(
  work: UnitOfWork,
  changes: readonly (readonly [string, string | undefined, string | undefined])[],
): Promise<void> {
  const members = work.repository(Member);
  for (const [id, from, to] of changes) {
    if (from === undefined) work.insert(member(id, to));
    else {
      const loaded = await members.getOrThrow({ club: 'c', id });
      if (to === undefined) work.delete(loaded);
      else loaded.email = to;
    }
  }
}

async function fill(db: DataSource, changes: readonly (readonly [string, string | undefined, unknown])[]) {
  const stored = changes.flatMap(([id, email]) => (email === undefined ? [] : [member(id, email)]));
  await db.repository(Member).insertMany(stored);
}

const shown = ({ mode, rowKey, index: of }: CommitWrite): string =>
  `${mode} ${rowKey}${of === undefined ? '' : ` in ${of}`}`;

onEveryStore('A commit of entities with indexes', (open) => {
  for (const [what, changes] of Object.entries(EXCHANGES)) {
    it(`A commit of entities with indexes makes ${what} of unique values one transaction, in either order`, async () => {
      for (const order of [changes, changes.toReversed()]) {
        const { db, faulty, check, work } = await bench(open);
        await fill(db, order);
        await exchange(work, order);
        faulty.attempts.length = 0;
        const { committed, ...rest } = await work.commit({ atomic: true });
        expect(rest).to.deep.equal({ failed: [], unknown: [], pending: [] });
        expect(committed.map(({ rowKey }) => rowKey)).to.have.members(order.map(([id]) => `member|${id}`));
        expect(faulty.attempts).to.have.length(1);
        const after = order.flatMap(([id, , to]) => (to === undefined ? [] : [[id, to] as const]));
        expect(await emails(db)).to.deep.equal(Object.fromEntries(after));
        await check();
      }
    });
  }

  it('A commit of entities with indexes is told by the error of the entity whose unique value is taken', async () => {
    const { db, work, check } = await bench(open);
    await fill(db, [['a', '1', '']]);
    const rival = member('b', '1');
    work.insert(member('c', '3'));
    work.insert(rival);
    const error = await rejection(work.commit({ atomic: true }));
    if (!EntitableError.is(error, 'entity.not-unique')) throw error;
    const { write, ...details } = error.details;
    expect(details).to.deep.equal({
      className: 'Member',
      index: 'byEmail',
      properties: ['email'],
      owner: { partitionKey: 'c', rowKey: 'member|a' },
    });
    expect([write && shown(write), write?.entity === rival]).to.deep.equal(['insert member|b', true]);
    expect(error.message).to.match(/ Nothing was written of the 2 writes of the commit\.$/);
    expect(await emails(db)).to.deep.equal({ a: '1' });
    rival.email = '2';
    await work.commit({ atomic: true });
    expect(await emails(db)).to.deep.equal({ a: '1', b: '2', c: '3' });
    await check();
  });
});

describe('A commit of entities with indexes', () => {
  const open: Open = async () => {
    const { memoryStore } = await import('../../src/stores/memory/memory-store.js');
    const store = memoryStore();
    return { store, tables: await DataSource.open(store), tableName: (name) => name };
  };

  it('plan() shows the entries after their entities, and the report of the commit lists entities only', async () => {
    const { db, work } = await bench(open);
    const changes = EXCHANGES['a chain']!;
    await fill(db, changes);
    await exchange(work, changes);
    work.insert(member('d', undefined));
    const [batch, ...others] = work.plan();
    const { writes, bytes, ...plan } = batch!;
    expect([plan, others, bytes > 0]).to.deep.equal([{ table: 'Members', partitionKey: 'c', requests: 1 }, [], true]);
    expect(writes.map(shown)).to.deep.equal([
      'merge member|a',
      'delete ~imember|~byEmail 1 in byEmail',
      'upsert-replace ~imember|~byEmail 2 in byEmail',
      'merge member|b',
      'upsert-replace ~imember|~byEmail 3 in byEmail',
      'merge member|c',
      'insert ~imember|~byEmail 4 in byEmail',
      'insert member|d',
    ]);
    expect({ ...writes[1] }).to.deep.equal({
      mode: 'delete',
      className: 'Member',
      table: 'Members',
      partitionKey: 'c',
      rowKey: '~imember|~byEmail 1',
      index: 'byEmail',
    });
    const { committed } = await work.commit();
    expect(committed.map(shown)).to.deep.equal([
      'merge member|a',
      'merge member|b',
      'merge member|c',
      'insert member|d',
    ]);
  });

  it('A commit refuses two entities of a unit that want the same unique value, and sends nothing', async () => {
    const { db, faulty, work, check } = await bench(open);
    const [one, two] = [member('a', '1'), member('b', '1')];
    work.insert(one);
    work.insert(two);
    const refused = {
      code: 'entity.not-unique',
      details: { className: 'Member', index: 'byEmail', properties: ['email'] },
    };
    expect(() => work.plan())
      .to.throw(EntitableError)
      .that.deep.includes(refused);
    expect(await rejection(work.commit())).to.deep.include(refused);
    expect(faulty.attempts).to.deep.equal([]);
    two.email = '2';
    await work.commit();
    expect(await emails(db)).to.deep.equal({ a: '1', b: '2' });
    await check();
  });

  it('A commit with maxRetries does not run again for a unique value that is taken, which no repetition mends', async () => {
    const { db } = await bench(open);
    await fill(db, [['a', '1', '']]);
    let runs = 0;
    const running = db.unitOfWork(
      (unit) => {
        runs++;
        unit.insert(member('b', '1'));
      },
      { maxRetries: 5 },
    );
    expect(await rejection(running)).to.have.property('code', 'entity.not-unique');
    expect(runs).to.equal(1);
  });

  it('A commit sends whole groups: 120 entities with one entry each are transactions of 100, 100 and 40 rows', async () => {
    const { db, faulty, work, check } = await bench(open);
    for (let id = 0; id < 120; id++) work.insert(member(`${id}`, `${id}`));
    const error = await rejection(work.commit({ atomic: true }));
    expect(error).to.deep.include({ code: 'commit.not-atomic', details: { reason: 'writes', found: 240, limit: 100 } });
    const { committed } = await work.commit();
    expect(committed).to.have.length(120);
    expect(faulty.submitted.map(({ length }) => length)).to.deep.equal([100, 100, 40]);
    expect(Object.keys(await emails(db))).to.have.length(120);
    await check();
  });

  it('A commit refuses a chain of unique values that no transaction can hold, and sends nothing', async () => {
    const { db, faulty, work } = await bench(open);
    const chain = Array.from({ length: 51 }, (_, id) => [`${id}`, `v${id}`, `v${id + 1}`] as const);
    await fill(db, chain);
    await exchange(work, chain);
    faulty.attempts.length = 0;
    const details = { reason: 'writes', found: 103, limit: 100, className: 'Member' };
    expect(await rejection(work.commit())).to.deep.include({ code: 'commit.not-atomic', details });
    expect(faulty.attempts).to.deep.equal([]);
  });

  for (const fault of ['lost-before', 'lost-after'] as const) {
    it(`A repeated commit settles an exchange of unique values whose response was lost: ${fault}`, async () => {
      for (const changes of Object.values(EXCHANGES)) {
        const { db, faulty, work, check } = await bench(open);
        await fill(db, changes);
        await exchange(work, changes);
        faulty.attempts.length = 0;
        faulty.faults.push(fault);
        expect(await rejection(work.commit())).to.have.property('code', 'commit.partial');
        const { committed } = await work.commit();
        expect(committed).to.have.length(changes.length);
        expect(faulty.attempts).to.have.length(fault === 'lost-before' ? 2 : 1);
        const after = changes.flatMap(([id, , to]) => (to === undefined ? [] : [[id, to] as const]));
        expect(await emails(db)).to.deep.equal(Object.fromEntries(after));
        await check();
      }
    });
  }
});
