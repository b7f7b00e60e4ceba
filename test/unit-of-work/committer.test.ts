import { inspect } from 'node:util';
import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import type { StoreErrorDetails } from '../../src/errors/error-details.js';
import type { CommitReport, CommitWrite } from '../../src/errors/write-reports.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { TableStore } from '../../src/store/table-store.js';
import type { UnitOfWork } from '../../src/unit-of-work/unit-of-work.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { faultyStore, type FaultyStore } from '../support/faulty-store.js';
import { Foreign, order, Order, Setting } from '../support/models.js';

const KEY = { customerId: 'c1', orderId: 'o1' } as const;

const names = (writes: readonly CommitWrite[]): string[] =>
  writes.map(({ mode, rowKey }) => `${mode} ${rowKey}`).sort();

function shown({ committed, failed, unknown, pending }: CommitReport): object {
  return { committed: names(committed), failed: names(failed), unknown: names(unknown), pending: names(pending) };
}

/** Returns the error of a commit that wrote nothing, with the write that was rejected. */
async function refusal(commit: Promise<unknown>): Promise<object> {
  const error = await rejection(commit);
  if (!EntitableError.is(error, 'store.')) throw error;
  const { write, lostRace } = error.details as StoreErrorDetails;
  return { code: error.code, write: write && `${write.mode} ${write.rowKey}`, lostRace };
}

async function partial(commit: Promise<unknown>): Promise<EntitableError<'commit.partial'>> {
  const error = await rejection(commit);
  if (!EntitableError.is(error, 'commit.partial')) throw error;
  return error;
}

onEveryStore('A commit', (open) => {
  interface Unit {
    readonly tables: DataSource;
    readonly faulty: FaultyStore;
    readonly work: UnitOfWork;
  }

  /** Opens a data source on a connection that can fail, with its tables created. */
  async function unit(): Promise<Unit> {
    const { store, tableName } = await open();
    const faulty = faultyStore(store);
    const tables = await DataSource.open(faulty.store, { tableName });
    await tables.tables.createIfMissing(tableName('Orders'));
    await tables.tables.createIfMissing(tableName('Settings'));
    return { tables, faulty, work: tables.unitOfWork() };
  }

  it('A commit sends one transaction for each partition, with all its changes in order', async () => {
    const { faulty, work } = await unit();
    ['c1', 'c2', 'c1'].forEach((customerId, index) => work.insert(order({ customerId, orderId: `o${index}` })));
    work.insert(Object.assign(new Setting(), { scope: 's', name: 'n' }));
    expect(work.plan().map(({ partitionKey, writes }) => [partitionKey, writes.length])).to.deep.equal([
      ['c1', 2],
      ['c2', 1],
      ['s', 1],
    ]);
    await work.commit();
    expect(faulty.submitted.map((modes) => modes.length)).to.have.members([1, 1, 2]);
  });

  it('A commit puts entities of several classes in one transaction if they share a table and a partition', async () => {
    const { tables, faulty, work } = await unit();
    work.insert(order());
    await work.repository(Foreign).upsert({ customerId: 'c1', orderId: 'f1', note: 'theirs' });
    await work.commit({ atomic: true });
    expect(faulty.submitted).to.deep.equal([['insert', 'upsert-merge']]);
    expect(await tables.repository(Foreign).getOrThrow({ customerId: 'c1', orderId: 'f1' })).to.include({
      note: 'theirs',
    });
  });

  it('A commit splits 250 rows of a partition into transactions of 100, 100 and 50', async () => {
    const { faulty, work } = await unit();
    for (let row = 0; row < 250; row++) work.insert(order({ orderId: `o${row}` }));
    await work.commit();
    expect(faulty.submitted.map((modes) => modes.length)).to.deep.equal([100, 100, 50]);
  });

  it('A commit that is partly rejected reports what failed and why, and a second commit sends only the rest', async () => {
    const { tables, faulty, work } = await unit();
    await tables.repository(Order).insert(order({ customerId: 'c2', orderId: 'taken' }));
    work.insert(order({ customerId: 'c1', orderId: 'a' }));
    const rival = order({ customerId: 'c2', orderId: 'taken', total: 1 });
    work.insert(rival);
    work.insert(order({ customerId: 'c2', orderId: 'b' }));
    const error = await partial(work.commit({ concurrency: 1 }));
    expect(shown(error.details)).to.deep.equal({
      committed: ['insert a'],
      failed: ['insert taken'],
      unknown: [],
      pending: ['insert b'],
    });
    expect(error.details.failed[0]).to.have.property('entity', rival);
    expect(error.details.failed[0]!.error).to.have.property('code', 'store.already-exists');
    expect(error.cause).to.have.property('code', 'store.already-exists');
    expect(error.message).to.match(/^1 of 3 writes were committed; 1 were refused.*insert of Order \("c2", "taken"\)/);
    work.delete(rival);
    faulty.submitted.length = 0;
    expect(shown(await work.commit())).to.deep.include({ committed: ['insert b'] });
    expect(faulty.submitted).to.deep.equal([['insert']]);
  });

  it('A commit that wrote nothing throws the error of the rejected write, which names the entity class and the write', async () => {
    const { tables, work } = await unit();
    await tables.repository(Order).insert(order({ orderId: 'taken' }));
    const rival = order({ orderId: 'taken' });
    for (const entity of [order({ orderId: 'a' }), rival]) work.insert(entity);
    const error = (await rejection(work.commit())) as EntitableError<'store.already-exists'>;
    expect(error.code).to.equal('store.already-exists');
    expect(error.message).to.match(
      /^Order \("c1", "taken"\) of the table \w+ is stored already\..* Nothing was written of the 2 writes of the commit\.$/,
    );
    const { write, lostRace } = error.details;
    expect({ ...write }).to.include({ mode: 'insert', className: 'Order', partitionKey: 'c1', rowKey: 'taken' });
    expect([write?.entity, lostRace]).to.deep.equal([rival, undefined]);
    expect(error.cause).to.have.property('code', 'store.already-exists');
    work.delete(rival);
    expect(names((await work.commit()).committed)).to.deep.equal(['insert a']);
  });

  it('A commit sends no further transaction after the first failure', async () => {
    const { faulty, work } = await unit();
    faulty.faults.push('unavailable');
    for (const customerId of ['c1', 'c2', 'c3']) work.insert(order({ customerId }));
    expect(await refusal(work.commit({ concurrency: 1 }))).to.include({ code: 'store.unavailable' });
    expect(faulty.submitted).to.deep.equal([]);
    expect((await work.commit()).committed).to.have.length(3);
  });

  it('A commit rejects the transaction if another writer has changed an entity that it deletes or merges', async () => {
    const { tables, work } = await unit();
    const orders = tables.repository(Order);
    await orders.insertMany(['o1', 'o2', 'o3'].map((orderId) => order({ orderId })));
    const [first, second, third] = await work.query(Order, { customerId: 'c1' }).toArray();
    work.delete(first!);
    second!.total = 1;
    third!.total = 1;
    await orders.merge(KEY, { total: 99 });
    const lost = { code: 'store.precondition-failed', write: 'delete o1', lostRace: true };
    expect(await refusal(work.commit())).to.deep.equal(lost);
    expect(await orders.query({ customerId: 'c1' }).count()).to.equal(3);
    await work.get(Order, KEY);
    work.discard();
    expect(work.plan()).to.deep.equal([]);
  });

  for (const fault of ['lost-before', 'lost-after'] as const) {
    it(`A commit whose answer was lost (${fault}) reads back its outcome when it is repeated, and writes nothing twice`, async () => {
      const { tables, faulty, work } = await unit();
      const orders = tables.repository(Order);
      await orders.insertMany(['o1', 'o2'].map((orderId) => order({ orderId, email: 'a@b.c' })));
      const [first, second] = await work.query(Order, { customerId: 'c1' }).toArray();
      first!.total = 1;
      first!.email = undefined;
      work.delete(second!);
      work.insert(order({ orderId: 'o3', placedAt: new Date(7), signature: new Uint8Array([1]) }));
      faulty.faults.push(fault);
      const { details } = await partial(work.commit());
      expect(shown(details)).to.deep.equal({
        committed: [],
        failed: [],
        unknown: ['delete o2', 'insert o3', 'merge o1'],
        pending: [],
      });
      expect(await rejection(work.repository(Order).delete(first!))).to.have.property('code', 'commit.in-progress');
      first!.items = 42;
      faulty.submitted.length = 0;
      expect(names((await work.commit()).committed)).to.include.members(['delete o2', 'insert o3', 'merge o1']);
      await work.commit();
      expect(faulty.submitted.flat().filter((mode) => mode !== 'merge')).to.have.length(
        fault === 'lost-before' ? 2 : 0,
      );
      const rows = await orders.query({ customerId: 'c1' }).toArray();
      expect(rows.map(({ orderId, total, items, email }) => [orderId, total, items, email])).to.deep.equal([
        ['o1', 1, 42, undefined],
        ['o3', 10.5, 1, undefined],
      ]);
      expect(first!.etag).to.equal(rows[0]!.etag);
    });
  }

  it('A repeated commit reports unknown and pending writes if it cannot read back the lost ones', async () => {
    const { store, tableName } = await open();
    const faulty = faultyStore(store);
    let isDown = false;
    const rows: TableStore['rows'] = (table, shape) => {
      const own = faulty.store.rows(table, shape);
      return {
        get: (...request) =>
          isDown ? Promise.reject(new EntitableError('store.unavailable', 'Down.', {})) : own.get(...request),
        scan: (...request) => own.scan(...request),
        reopen: (row) => own.reopen(row),
        prepare: (operation) => own.prepare(operation),
        written: (...written) => own.written(...written),
      };
    };
    const tables = await DataSource.open(Object.assign(Object.create(faulty.store) as TableStore, { rows }), {
      tableName,
    });
    await tables.tables.createIfMissing(tableName('Orders'));
    const work = tables.unitOfWork();
    work.insert(order());
    faulty.faults.push('lost-after');
    await partial(work.commit());
    work.insert(order({ orderId: 'o2' }));
    isDown = true;
    const { details, cause } = await partial(work.commit());
    expect(shown(details)).to.deep.equal({ committed: [], failed: [], unknown: ['insert o1'], pending: ['insert o2'] });
    expect(cause).to.have.property('code', 'store.unavailable');
    isDown = false;
    expect(names((await work.commit()).committed)).to.deep.equal(['insert o1', 'insert o2']);
  });

  it('A change made to an entity while it is being committed is sent by the next commit', async () => {
    const { tables, faulty, work } = await unit();
    const entity = order({ total: 1 });
    work.insert(entity);
    faulty.beforeSubmit = () => void (entity.total = 2);
    await work.commit();
    faulty.beforeSubmit = () => undefined;
    expect(await tables.repository(Order).getOrThrow(KEY)).to.have.property('total', 1);
    expect(work.plan().map(({ writes }) => names(writes))).to.deep.equal([['merge o1']]);
    await work.commit();
    expect(await tables.repository(Order).getOrThrow(KEY)).to.have.property('total', 2);
  });

  it('A commit waits for the previous commit of the unit', async () => {
    const { faulty, work } = await unit();
    work.insert(order());
    const first = work.commit();
    work.insert(order({ orderId: 'o2' }));
    const second = work.commit();
    expect(() => work.discard())
      .to.throw()
      .with.property('code', 'commit.in-progress');
    await Promise.all([first, second]);
    expect(faulty.submitted.flat()).to.deep.equal(['insert', 'insert']);
    work.discard();
  });

  it('A commit stops when its signal is aborted and reports which writes were not sent', async () => {
    const { faulty, work } = await unit();
    for (const customerId of ['c1', 'c2', 'c3']) work.insert(order({ customerId }));
    const early = AbortSignal.abort();
    expect(await refusal(work.commit({ signal: early }))).to.include({ code: 'store.aborted' });
    const stop = new AbortController();
    faulty.beforeSubmit = () => void (faulty.submitted.length === 1 && stop.abort());
    const { details, cause } = await partial(work.commit({ signal: stop.signal, concurrency: 1 }));
    expect(details.committed).to.have.length(1);
    expect(details.unknown.length + details.pending.length).to.equal(2);
    expect(cause).to.satisfy((error: unknown) => EntitableError.is(error, 'store.'));
    faulty.beforeSubmit = () => undefined;
    await work.commit();
    expect(work.plan()).to.deep.equal([]);
  });

  it('The errors and plans of a commit give access to entities but show no values when they are logged', async () => {
    const { tables, work } = await unit();
    await tables.repository(Order).insert(order());
    work.insert(order({ customerId: 'c0', email: 'hunter2@example.com' }));
    const rival = order({ email: 'hunter2@example.com' });
    work.insert(rival);
    const error = await partial(work.commit({ concurrency: 1 }));
    const refused = (await rejection(work.commit())) as EntitableError<'store.already-exists'>;
    expect(refused.details.write).to.have.property('entity', rival);
    expect(inspect([error, refused, work.plan()], { depth: 9 })).not.to.include('hunter2');
    expect(JSON.stringify([error, refused])).not.to.include('hunter2');
  });
});

onEveryStore('An atomic commit', (open) => {
  it('An atomic commit that one transaction cannot hold is rejected before anything is sent, with the limit it exceeds', async () => {
    const { tables } = await open();
    const cases: readonly (readonly [readonly Order[], object])[] = [
      [[order(), order({ customerId: 'c2' })], { reason: 'partitions', found: 2, limit: 1 }],
      [
        Array.from({ length: 101 }, (_, row) => order({ orderId: `o${row}` })),
        { reason: 'writes', found: 101, limit: 100 },
      ],
    ];
    for (const [entities, details] of cases) {
      const work = tables.unitOfWork();
      for (const entity of entities) work.insert(entity);
      expect(await rejection(work.commit({ atomic: true }))).to.deep.include({ code: 'commit.not-atomic', details });
    }
    const work = tables.unitOfWork();
    for (let row = 0; row < 99; row++) {
      work.insert(order({ orderId: `o${row}`, signature: new Uint8Array(60_000), email: 'x'.repeat(5_000) }));
    }
    expect(await rejection(work.commit({ atomic: true }))).to.have.nested.property('details.reason', 'bytes');
    expect(await tables.repository(Order).scan().count()).to.equal(0);
  });

  it('An atomic commit writes all rows or none', async () => {
    const { tables } = await open();
    await tables.repository(Order).insert(order({ orderId: 'o5' }));
    const work = tables.unitOfWork();
    for (let row = 0; row < 10; row++) work.insert(order({ orderId: `o${row}` }));
    const taken = { code: 'store.already-exists', write: 'insert o5', lostRace: undefined };
    expect(await refusal(work.commit({ atomic: true }))).to.deep.equal(taken);
    expect(await tables.repository(Order).scan().count()).to.equal(1);
    expect(work.plan()[0]!.writes).to.have.length(10);
  });
});
