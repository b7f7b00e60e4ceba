import { expect } from 'chai';
import fc from 'fast-check';
import { DataSource } from '../../src/data-source/data-source.js';
import type { StoreErrorDetails } from '../../src/errors/error-details.js';
import type { CommitReport } from '../../src/errors/write-reports.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { Repository } from '../../src/repository/repository.js';
import type { UnitOfWork } from '../../src/unit-of-work/unit-of-work.js';
import { onEveryStore } from '../support/every-store.js';
import { faultyStore, type Fault, type FaultyStore } from '../support/faulty-store.js';
import { order, Order } from '../support/models.js';
import { reportedRows, UnitModel, type ReportedRows, type Values } from './unit-model.js';

/** Number of random histories on each store. On Azurite every step is a request, so there are fewer. */
const HISTORIES: Readonly<Record<string, number>> = { memory: 2000, sqlite: 1000, lmdb: 200, azurite: 60 };

/** Maximum number of writes in a transaction: few, so that a partition takes several. */
const MOST = 2;

/** The system under test: a unit of work on a connection that fails, and another writer on one that does not. */
interface Real {
  readonly work: UnitOfWork;
  readonly others: Repository<Order>;
  readonly faulty: FaultyStore;
}

type Step = fc.AsyncCommand<UnitModel, Real, true>;

let serial = 0;
const next = (text: boolean): Values => ({ total: ++serial, email: text ? `n${serial}@x.y` : undefined });
const keyOf = (id: string): { customerId: string; orderId: string } => ({
  customerId: id.slice(0, 2),
  orderId: id.slice(2),
});
const entityOf = (id: string, values: Values): Order => order({ ...keyOf(id), ...values });
const valuesOf = (entity: Order | undefined): Values | undefined =>
  entity && { total: entity.total, email: entity.email ?? undefined };

function step(
  name: string,
  run: (model: UnitModel, real: Real) => Promise<void>,
  check: (model: Readonly<UnitModel>) => boolean = () => true,
): Step {
  return { check: (model) => Promise.resolve(check(model)), run, toString: () => name };
}

async function contentsOf(others: Repository<Order>): Promise<object> {
  const rows = await others.scan().toArray();
  return Object.fromEntries(rows.map((row) => [`${row.customerId}${row.orderId}`, valuesOf(row)]));
}

const held = (model: Readonly<UnitModel>, id: string): boolean => {
  const state = model.unit.get(id)?.state.kind;
  return state === 'managed' || state === 'insert';
};

const get = (id: string): Step =>
  step(`get(${id})`, async (model, { work }) => {
    expect(valuesOf(await work.get(Order, keyOf(id)))).to.deep.equal(model.read(id));
  });

const query = (partition: string): Step =>
  step(`query(${partition})`, async (model, { work }) => {
    const found = await work.query(Order, { customerId: partition }).toArray();
    const ids = [...model.store.keys()].filter((id) => id.startsWith(partition)).sort();
    const expected = ids.map((id) => model.read(id)).filter((values) => values !== undefined);
    expect(found.map(valuesOf)).to.deep.equal(expected);
  });

const edit = (id: string, text: boolean, keep: boolean): Step =>
  step(
    `edit(${id})`,
    async (model, { work }) => {
      const values = { ...next(text), ...(keep && { email: model.unit.get(id)!.values.email }) };
      model.edit(id, values);
      Object.assign((await work.get(Order, keyOf(id)))!, values);
    },
    (model) => held(model, id),
  );

const insert = (id: string, text: boolean): Step =>
  step(`insert(${id})`, async (model, { work }) => {
    const values = next(text);
    const entity = entityOf(id, values);
    if (model.isLocked(id) && model.unit.get(id)?.state.kind === 'delete') {
      expect(() => work.insert(entity))
        .to.throw()
        .with.property('code', 'commit.in-progress');
    } else if (model.insert(id, values)) {
      work.insert(entity);
    } else {
      expect(() => work.insert(entity))
        .to.throw()
        .with.property('code', 'store.already-exists');
    }
  });

const remove = (id: string): Step =>
  step(
    `remove(${id})`,
    async (model, { work }) => {
      const entity = (await work.get(Order, keyOf(id)))!;
      if (model.isLocked(id)) {
        expect(() => work.delete(entity))
          .to.throw()
          .with.property('code', 'commit.in-progress');
      } else {
        model.remove(id);
        work.delete(entity);
      }
    },
    (model) => held(model, id),
  );

const conflict = (id: string, text: boolean): Step =>
  step(`somebody puts ${id}`, async (model, { others }) => {
    const values = next(text);
    model.put(id, values);
    await others.upsert(entityOf(id, values), { mode: 'replace' });
  });

const vanish = (id: string): Step =>
  step(`somebody deletes ${id}`, async (model, { others }) => {
    model.store.delete(id);
    await others.delete(keyOf(id), { missing: 'ignore' });
  });

const discard = (): Step =>
  step('discard()', async (model, { work }) => {
    model.discard();
    work.discard();
  });

const commit = (faults: readonly Fault[], concurrency: number, edited: string): Step =>
  step(`commit(${faults.join()}; ${concurrency}; ${edited})`, async (model, { work, others, faulty }) => {
    const settled = model.settle();
    const planned = model.planned();
    const isStuck = settled.unknown.length > 0;
    const entity = held(model, edited) ? await work.get(Order, keyOf(edited)) : undefined;
    faulty.attempts.length = 0;
    faulty.faults.splice(0, Infinity, ...faults);
    let meanwhile: Values | undefined;
    faulty.beforeSubmit = () => {
      if (entity !== undefined) Object.assign(entity, (meanwhile ??= next(true)));
    };
    const told = await outcomeOf(work.commit({ concurrency }));
    faulty.beforeSubmit = () => undefined;
    faulty.faults.length = 0;

    const attempts = faulty.attempts.map(({ fault, writes }) => ({
      fault,
      ids: writes.map(({ partitionKey, rowKey }) => `${partitionKey}${rowKey}`),
    }));
    for (const { writes } of faulty.attempts) {
      expect(new Set(writes.map(({ partitionKey }) => partitionKey)).size).to.equal(1);
      expect(writes.length).to.be.at.most(MOST);
      expect(writes.map(({ mode }) => mode)).to.deep.equal(
        writes.map(({ partitionKey, rowKey }) => planned.get(`${partitionKey}${rowKey}`)?.mode),
      );
    }
    const sent = attempts.flatMap(({ ids }) => ids);
    expect(new Set(sent).size, 'a commit sends each row at most once').to.equal(sent.length);
    if (isStuck) expect(sent, 'nothing is sent while the outcome of a write is unknown').to.deep.equal([]);
    const came = model.commit(planned, attempts);
    if (meanwhile !== undefined) model.edit(edited, meanwhile);
    const expected = {
      ...came,
      committed: [...settled.written, ...came.committed],
      unknown: [...settled.unknown, ...came.unknown],
    };
    const failures = attempts.findIndex(({ ids }) => ids.some((row) => !expected.committed.includes(row)));
    if (concurrency === 1 && failures >= 0)
      expect(attempts.slice(failures + 1), 'nothing is sent after a failure').to.deep.equal([]);
    if (expected.pending.length > 0) expect(expected.failed.length + expected.unknown.length).to.be.greaterThan(0);
    if (told instanceof EntitableError) {
      // Nothing was written, which the error of one of the rows reports.
      expect([...expected.committed, ...expected.unknown]).to.deep.equal([]);
      const { write } = told.details as StoreErrorDetails;
      if (write !== undefined) expect(expected.failed).to.include(`${write.partitionKey}${write.rowKey}`);
      expect(expected.failed).not.to.deep.equal([]);
    } else {
      expect(reportedRows(told)).to.deep.equal(sorted(expected));
    }
    const contents = Object.fromEntries(Array.from(model.store, ([id, { total, email }]) => [id, { total, email }]));
    expect(await contentsOf(others)).to.deep.equal(contents);
  });

/** Returns the report of a commit, or the error of one that wrote nothing. */
async function outcomeOf(committing: Promise<CommitReport>): Promise<CommitReport | EntitableError> {
  try {
    return await committing;
  } catch (error) {
    if (EntitableError.is(error, 'commit.partial')) return error.details;
    if (EntitableError.is(error, 'store.')) return error;
    throw error;
  }
}

function sorted({ committed, failed, unknown, pending }: ReportedRows): ReportedRows {
  const inOrder = (ids: readonly string[]): readonly string[] => ids.toSorted();
  return {
    committed: inOrder(committed),
    failed: inOrder(failed),
    unknown: inOrder(unknown),
    pending: inOrder(pending),
  };
}

const id = fc.constantFrom('p0r0', 'p0r1', 'p0r2', 'p1r0');
const fault = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Fault>('none') },
  { weight: 1, arbitrary: fc.constantFrom<Fault>('unavailable', 'lost-before', 'lost-after') },
);
const commits = fc
  .tuple(fc.array(fault, { maxLength: 5 }), fc.constantFrom(1, 2, 16), id)
  .map((args) => commit(...args));
const steps = fc.oneof(
  { weight: 4, arbitrary: id.map(get) },
  { weight: 4, arbitrary: fc.constantFrom('p0', 'p1').map(query) },
  { weight: 8, arbitrary: fc.tuple(id, fc.boolean(), fc.boolean()).map((args) => edit(...args)) },
  { weight: 10, arbitrary: fc.tuple(id, fc.boolean()).map((args) => insert(...args)) },
  { weight: 10, arbitrary: id.map(remove) },
  { weight: 4, arbitrary: fc.tuple(id, fc.boolean()).map((args) => conflict(...args)) },
  { weight: 2, arbitrary: id.map(vanish) },
  { weight: 12, arbitrary: commits },
  { weight: 2, arbitrary: fc.constant(discard()) },
);

onEveryStore('A unit of work in random histories', (open, storeName) => {
  it('A unit of work loses no write, writes nothing twice and reports the true outcome in random histories', async function () {
    this.timeout(300_000);
    const { store, tables: clean, tableName } = await open();
    const others = clean.repository(Order);
    await clean.tables.createIfMissing(tableName('Orders'));
    const history = fc.commands<UnitModel, Real, true>([steps], { maxCommands: 50, size: 'max' });
    await fc.assert(
      fc.asyncProperty(history, async (commands) => {
        await others.scan().delete();
        const faulty = faultyStore(store);
        const tables = await DataSource.open(faulty.store, { tableName, limits: { transactionWrites: MOST } });
        const real: Real = { work: tables.unitOfWork(), others, faulty };
        await fc.asyncModelRun(() => ({ model: new UnitModel(), real }), commands);
      }),
      { numRuns: HISTORIES[storeName] ?? 25, seed: 6 },
    );
  });
});
