import {
  Repository,
  type BulkResult,
  type CommitReport,
  type DataSource,
  type MergeItem,
  type PlannedBatch,
  type Query,
  type UnitOfWork,
} from '../../src/index.js';
import { Order } from '../support/models.js';
import { assertType, type Equal } from './equal.js';

declare const tables: DataSource;
declare const work: UnitOfWork;
declare const order: Order;

class Orders extends Repository.of(Order) {
  constructor(
    session: ConstructorParameters<ReturnType<typeof Repository.of<Order>>>[0],
    readonly currency: string,
  ) {
    super(session);
  }

  async place(placed: Order): Promise<number> {
    const count = await this.transaction(
      (unit) => {
        unit.insert(unit.require(placed));
        const orders = unit.repository(Orders, this.currency);
        assertType<Equal<typeof orders, Orders>>();
        const plain = unit.repository(Order);
        assertType<Equal<typeof plain, Repository<Order>>>();
        new Orders(unit, this.currency).query({ customerId: 'c' });
        // @ts-expect-error: the currency is missing
        unit.repository(Orders);
        // @ts-expect-error: only the code that created the unit of work can commit it
        unit.commit();
        return 5;
      },
      { maxRetries: 3 },
    );
    assertType<Equal<typeof count, number>>();
    return count;
  }
}

/** Never called: the test is that it compiles. */
export async function inUnits(): Promise<void> {
  assertType<Equal<ReturnType<typeof tables.unitOfWork>, Promise<unknown>>>();
  const unit = tables.unitOfWork();
  assertType<Equal<typeof unit, UnitOfWork>>();
  const done = await tables.unitOfWork(async () => 5, { maxRetries: 3 });
  assertType<Equal<typeof done, number>>();
  const ran = await tables.run((bound) => (bound.insert(order), 'text'));
  assertType<Equal<typeof ran, string>>();
  await tables.run(() => 1, { nested: 'separate', maxRetries: 2 });
  // @ts-expect-error: the option is 'join' or 'separate'
  await tables.run(() => 1, { nested: 'new' });
  // @ts-expect-error: the option is maxRetries
  await tables.unitOfWork(() => 1, { retries: 3 });
  const required = unit.require(order);
  assertType<Equal<typeof required, Order>>();
  await tables.repository(Orders, 'EUR').modify({ customerId: 'c', orderId: 'o' }, () => 1, { missing: () => order });
  // @ts-expect-error: `missing` must create an entity of the class
  await tables.repository(Orders, 'EUR').modify({ customerId: 'c', orderId: 'o' }, () => 1, { missing: () => 5 });
  // @ts-expect-error: only the repository itself can open a transaction
  await tables.repository(Orders, 'EUR').transaction(() => 1);

  const orders = work.repository(Order);
  assertType<Equal<typeof orders, Repository<Order>>>();
  const custom = work.repository(Orders, 'EUR');
  assertType<Equal<typeof custom, Orders>>();
  // @ts-expect-error: the repository needs its currency
  work.repository(Orders);

  const found = await work.get(Order, { customerId: 'c', orderId: 'o' }, { refresh: true });
  assertType<Equal<typeof found, Order | undefined>>();
  // @ts-expect-error: a key has both parts
  await work.get(Order, { customerId: 'c' });
  const query = work.query(Order, { customerId: 'c' });
  assertType<Equal<typeof query, Query<Order>>>();
  await query.toArray({ refresh: true });

  const report = await work.commit({ atomic: true });
  assertType<Equal<typeof report, CommitReport>>();
  assertType<Equal<ReturnType<typeof work.plan>, readonly PlannedBatch[]>>();
  // @ts-expect-error: a report is read-only
  report.committed.push(report.committed[0]!);
}

/** Never called: the test is that it compiles. */
export async function inBulk(): Promise<void> {
  const orders = tables.repository(Order);
  const inserted = await orders.insertMany(new Set([order]), { concurrency: 'adaptive', onError: 'collect' });
  assertType<Equal<typeof inserted, BulkResult<Order>>>();
  const merged = await orders.mergeMany([{ key: { customerId: 'c', orderId: 'o' }, patch: { total: 1 } }]);
  assertType<Equal<typeof merged, BulkResult<MergeItem<Order>>>>();
  await orders.deleteMany([order, { customerId: 'c', orderId: 'o' }], { missing: 'ignore' });
  // @ts-expect-error: a patch cannot change a key
  await orders.mergeMany([{ key: { customerId: 'c', orderId: 'o' }, patch: { orderId: 'p' } }]);
  // @ts-expect-error: one entity is not an iterable
  await orders.insertMany(order);
  // @ts-expect-error: 'ignore' is not a value of onError
  await orders.insertMany([order], { onError: 'ignore' });
}
