import { setTimeout as wait } from 'node:timers/promises';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { BulkProgress } from '../../src/writing/bulk-options.js';
import type { PreparedWrite } from '../../src/store/table-store.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { faultyStore, type FaultyStore } from '../support/faulty-store.js';
import { order, Order } from '../support/models.js';

/** Orders of several partitions, interleaved. */
function* interleaved(count: number, partitions: number): Generator<Order> {
  for (let index = 0; index < count; index++) {
    yield order({ customerId: `c${index % partitions}`, orderId: `o${String(index).padStart(6, '0')}`, total: index });
  }
}

async function stopped(write: Promise<unknown>): Promise<EntitableError<'commit.bulk-stopped'>> {
  const error = await rejection(write);
  if (!EntitableError.is(error, 'commit.bulk-stopped')) throw error;
  return error;
}

/** Items of the large test: fewer on the emulator, which takes a tenth of a millisecond for each. */
const MANY: Readonly<Record<string, number>> = { memory: 100_000, sqlite: 100_000, lmdb: 100_000, azurite: 10_000 };

onEveryStore('A bulk write', (open, storeName) => {
  async function onLine(): Promise<{ tables: DataSource; faulty: FaultyStore }> {
    const { store, tableName } = await open();
    const faulty = faultyStore(store);
    const tables = await DataSource.open(faulty.store, { tableName });
    await tables.tables.createIfMissing(tableName('Orders'));
    return { tables, faulty };
  }

  it('A bulk write accepts arrays, iterables and async iterables, and fills transactions from interleaved partitions', async () => {
    const { tables, faulty } = await onLine();
    const orders = tables.repository(Order);
    async function* slowly(): AsyncGenerator<Order> {
      for (const entity of interleaved(500, 5)) yield entity;
    }
    const array = [...interleaved(500, 5)];
    expect(await orders.insertMany(array)).to.deep.equal({ written: 500, failed: [] });
    expect(array.every(({ etag }) => etag !== undefined)).to.equal(true);
    expect(faulty.submitted.map((modes) => modes.length)).to.deep.equal([100, 100, 100, 100, 100]);
    expect(await orders.upsertMany(interleaved(500, 5))).to.deep.equal({ written: 500, failed: [] });
    expect(await orders.upsertMany(slowly(), { mode: 'replace' })).to.deep.equal({ written: 500, failed: [] });
    expect(await orders.scan().count()).to.equal(500);
    const changes = array.map(({ customerId, orderId }) => ({
      key: { customerId, orderId },
      patch: { items: 9, total: undefined },
    }));
    expect(await orders.mergeMany(changes)).to.deep.equal({ written: 500, failed: [] });
    expect(await orders.scan().where('items', 'eq', 9).where('total', 'isPresent').count()).to.equal(500);
    expect(await orders.deleteMany(changes.map(({ key }) => key))).to.deep.equal({ written: 500, failed: [] });
    expect(await orders.scan().count()).to.equal(0);
    expect(await orders.insertMany([])).to.deep.equal({ written: 0, failed: [] });
  });

  it('A bulk write inserts 100,000 entities of 500 partitions', async function () {
    this.timeout(120_000);
    const { tables, faulty } = await onLine();
    const count = MANY[storeName]!;
    const { written } = await tables.repository(Order).insertMany(interleaved(count, 500));
    expect(written).to.equal(count);
    expect(faulty.submitted.length).to.be.at.most(count / 20);
    expect(await tables.repository(Order).scan().count()).to.equal(count);
  });

  it('A bulk write splits transactions that would be too large', async () => {
    const { tables, faulty } = await onLine();
    const large = (row: number): Order => order({ orderId: `o${row}`, signature: new Uint8Array(60_000) });
    await tables.repository(Order).insertMany(Array.from({ length: 100 }, (_, row) => large(row)));
    expect(faulty.submitted.map((modes) => modes.length)).to.satisfy(
      (sizes: number[]) => sizes.length > 1 && sizes[0]! > 40,
    );
    expect(await tables.repository(Order).scan().count()).to.equal(100);
  });

  it('A bulk write sends repeated writes of one key in later transactions, in order', async () => {
    const { tables } = await onLine();
    const orders = tables.repository(Order);
    const versions = Array.from({ length: 20 }, (_, total) => order({ orderId: `o${total % 3}`, total }));
    expect((await orders.upsertMany(versions)).written).to.equal(20);
    const rows = await orders.scan().toArray();
    expect(rows.map(({ orderId, total }) => [orderId, total])).to.deep.equal([
      ['o0', 18],
      ['o1', 19],
      ['o2', 17],
    ]);
  });

  it('A bulk write sends one transaction of a partition at a time, and no more at once than `concurrency`', async () => {
    const { tables, faulty } = await onLine();
    const busy = new Set<string>();
    let most = 0;
    faulty.beforeSubmit = async ([first]: readonly PreparedWrite[]) => {
      expect(busy.has(first!.partitionKey)).to.equal(false);
      busy.add(first!.partitionKey);
      most = Math.max(most, busy.size);
      await wait(2);
      busy.delete(first!.partitionKey);
    };
    await tables.repository(Order).insertMany(interleaved(1000, 4), { concurrency: 3 });
    expect(most).to.equal(3);
  });

  it('A bulk write stops at the first refused item and reports how many were written', async () => {
    const { tables } = await onLine();
    const orders = tables.repository(Order);
    await orders.insert(order({ customerId: 'c1', orderId: 'taken', email: 'hunter2@x.y' }));
    const items = [order({ customerId: 'c1', orderId: 'a' }), order({ customerId: 'c1', orderId: 'taken' })];
    const error = await stopped(orders.insertMany(items));
    expect(error.cause).to.have.property('code', 'store.already-exists');
    const { read, written, failed, pending } = error.details;
    expect([read, written, failed.length, pending.length]).to.deep.equal([2, 0, 1, 1]);
    expect(error.message).to.include("Pass onError: 'collect' to go on past items that cannot be written.");
    expect(failed[0]).to.include({ index: 1, item: items[1] });
    expect(pending).to.deep.equal([items[0]]);
    expect(inspect(error, { depth: 9 })).not.to.include('hunter2');
    expect((await stopped(orders.insertMany([order({ items: 0.5 })]))).cause).to.have.property(
      'code',
      'validation.out-of-range',
    );
  });

  it("A bulk write recommends onError: 'collect' only for errors that it would help with", async () => {
    const { tables, faulty } = await onLine();
    const orders = tables.repository(Order);
    const advice = "Pass onError: 'collect'";
    faulty.beforeSubmit = () => {
      throw new EntitableError('store.rejected', 'One of them is refused.', {});
    };
    expect((await stopped(orders.insertMany(interleaved(2, 1)))).message).to.include(advice);
    faulty.beforeSubmit = () => {
      throw new EntitableError('store.unavailable', 'The line is down.', {});
    };
    expect((await stopped(orders.insertMany(interleaved(2, 1)))).message).not.to.include(advice);
    const broken = Object.defineProperty(order({}), 'email', {
      get() {
        throw new TypeError('It is broken.');
      },
    });
    expect((await stopped(orders.insertMany([broken]))).message).to.include(advice);
    const { failed } = await orders.insertMany([broken], { onError: 'collect' });
    expect(failed.map(({ error }) => error)).to.have.nested.property('[0].code', 'entity.getter-failed');
  });

  it("A bulk write with onError: 'collect' writes the other items of a refused transaction", async () => {
    const { tables } = await onLine();
    const orders = tables.repository(Order);
    await orders.insertMany(
      [order({ orderId: 'o000010' }), order({ orderId: 'o000020' })].map((o) => Object.assign(o, { customerId: 'c0' })),
    );
    const items: Order[] = [...interleaved(50, 1)];
    items[5]!.items = 0.5;
    const { written, failed } = await orders.insertMany(items, { onError: 'collect' });
    expect(written).to.equal(47);
    expect(
      failed.map(({ index, item, error }) => [index, item === items[index], (error as EntitableError).code]),
    ).to.deep.equal([
      [5, true, 'validation.out-of-range'],
      [10, true, 'store.already-exists'],
      [20, true, 'store.already-exists'],
    ]);
    expect(await orders.scan().count()).to.equal(49);
  });

  it('A bulk delete is conditional for entities and unconditional for keys, and can ignore missing rows', async () => {
    const { tables } = await onLine();
    const orders = tables.repository(Order);
    const items = [...interleaved(10, 2)];
    await orders.insertMany(items);
    await orders.merge(items[3]!, { total: 99 });
    const { written, failed } = await orders.deleteMany(items, { onError: 'collect' });
    expect([written, failed.map(({ index }) => index)]).to.deep.equal([9, [3]]);
    const keys = items.map(({ customerId, orderId }) => ({ customerId, orderId }));
    expect((await stopped(orders.deleteMany(keys))).cause).to.have.property('code', 'store.not-found');
    expect(await orders.deleteMany(keys, { missing: 'ignore' })).to.deep.equal({ written: 10, failed: [] });
    expect(await orders.scan().count()).to.equal(0);
  });

  it('A bulk write reports its progress', async () => {
    const { tables } = await onLine();
    const orders = tables.repository(Order);
    const told: BulkProgress[] = [];
    await orders.insertMany([...interleaved(300, 3)], { onProgress: (progress) => told.push(progress) });
    expect(told.map(({ done, failed, total }) => [done, failed, total])).to.deep.equal([
      [100, 0, 300],
      [200, 0, 300],
      [300, 0, 300],
    ]);
    expect(told.every(({ ratePerSecond }) => ratePerSecond > 0)).to.equal(true);
    const untold: BulkProgress[] = [];
    await orders.upsertMany(interleaved(10, 1), { onProgress: (progress) => untold.push(progress) });
    expect(untold[0]).not.to.have.property('total');
  });

  it('A bulk write reads a bounded number of items ahead, and closes its input when it stops', async () => {
    const { tables, faulty } = await onLine();
    let asked = 0;
    let closed = false;
    async function* endless(): AsyncGenerator<Order> {
      try {
        for (;;) yield order({ customerId: `c${asked % 1000}`, orderId: `o${asked++}` });
      } finally {
        closed = true;
      }
    }
    const stop = new AbortController();
    let release: () => void = () => undefined;
    faulty.beforeSubmit = () => new Promise((resolve) => (release = resolve));
    const write = stopped(tables.repository(Order).insertMany(endless(), { signal: stop.signal, concurrency: 1 }));
    while (asked < 20_000) await wait(5);
    await wait(50);
    expect(asked).to.equal(20_000);
    stop.abort(new Error('enough'));
    release();
    const error = await write;
    expect(error.message).to.include('by its signal');
    expect(error.details.read).to.equal(20_000);
    expect(error.details.written + error.details.failed.length + error.details.pending.length).to.equal(20_000);
    expect(closed).to.equal(true);
  });

  it('A bulk write sends smaller transactions while its input stalls, and can be stopped then', async () => {
    const { tables } = await onLine();
    const orders = tables.repository(Order);
    const stop = new AbortController();
    async function* queue(): AsyncGenerator<Order> {
      yield order();
      await new Promise(() => undefined);
    }
    const write = stopped(
      orders.insertMany(queue(), { signal: stop.signal, onProgress: ({ done }) => done === 1 && stop.abort() }),
    );
    const { details } = await write;
    expect([details.read, details.written, details.pending]).to.deep.equal([1, 1, []]);
    expect(await orders.scan().count()).to.equal(1);
  });

  it('A bulk write reports an error of its input after the transactions in flight have ended', async () => {
    const { tables } = await onLine();
    const problem = new Error('line 3 is no JSON');
    function* broken(): Generator<Order> {
      yield* interleaved(100, 1);
      throw problem;
    }
    const error = await stopped(tables.repository(Order).insertMany(broken()));
    expect(error.cause).to.equal(problem);
    expect([error.details.read, error.details.written]).to.deep.equal([100, 100]);
  });

  it('A bulk write reports what it has written even if closing its input throws', async () => {
    const { tables } = await onLine();
    const closing = new Error('the file is gone');
    const wrong = Object.assign(order(), { total: 'ten' });
    const input = [...interleaved(250, 1), wrong, order()].values();
    input.return = () => {
      throw closing;
    };
    const error = await stopped(tables.repository(Order).insertMany(input));
    expect(error.cause).to.have.property('code', 'validation.wrong-type');
    const { read, written, failed, pending } = error.details;
    expect([read, failed.length, written + pending.length]).to.deep.equal([251, 1, 250]);
    expect(await tables.repository(Order).scan().count()).to.equal(written);
  });

  it('A bulk write counts the items of a transaction as written even if an entity does not take its ETag', async () => {
    const { tables } = await onLine();
    const problem = new Error('no ETag, please');
    const stubborn = Object.defineProperty(order({ orderId: 'o-first' }), 'etag', {
      get: () => undefined,
      set() {
        throw problem;
      },
    });
    const others = [order({ orderId: 'o-second' }), order({ orderId: 'o-third' })];
    const error = await stopped(tables.repository(Order).insertMany([stubborn, ...others]));
    expect(error.cause).to.equal(problem);
    const { read, written, failed, pending } = error.details;
    expect([read, written, failed.length, pending.length]).to.deep.equal([3, 3, 0, 0]);
    expect(others.every(({ etag }) => etag !== undefined)).to.equal(true);
  });

  it("A bulk write stops if the store is unreachable, even with onError: 'collect'; an adaptive one retries", async () => {
    const { tables, faulty } = await onLine();
    const orders = tables.repository(Order);
    faulty.faults.push('unavailable');
    const error = await stopped(orders.insertMany(interleaved(10, 1), { onError: 'collect' }));
    expect([error.details.written, error.details.pending.length]).to.deep.equal([0, 10]);
    expect(error.cause).to.have.property('code', 'store.unavailable');
    faulty.faults.push('unavailable', 'unavailable');
    expect((await orders.insertMany(interleaved(300, 3), { concurrency: 'adaptive' })).written).to.equal(300);
  });

  it('A bulk write reports items with a lost answer as store.outcome-unknown', async () => {
    const { tables, faulty } = await onLine();
    const orders = tables.repository(Order);
    faulty.faults.push('lost-after');
    const { written, failed } = await orders.insertMany(interleaved(200, 2), { onError: 'collect', concurrency: 1 });
    expect([written, failed.length]).to.deep.equal([100, 100]);
    expect(failed[0]!.error).to.have.property('code', 'store.outcome-unknown');
    expect(await orders.scan().count()).to.equal(200);
  });

  it('A bulk write adds one listener to its signal, however many transactions are in flight', async () => {
    const { tables } = await onLine();
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const { signal } = new AbortController();
    await tables.repository(Order).insertMany(interleaved(400, 40), { signal, concurrency: 40 });
    await wait(5);
    process.off('warning', onWarning);
    expect(warnings.filter(({ message }) => message.includes('AbortSignal'))).to.deep.equal([]);
  });

  it('A bulk write rejects invalid options', async () => {
    const { tables } = await onLine();
    const orders = tables.repository(Order);
    for (const options of [{ concurrency: 0 }, { concurrency: 1.5 }, { concurrency: 'fast' }, { onError: 'ignore' }]) {
      expect(await rejection(orders.insertMany([], options as never))).to.have.property(
        'code',
        'validation.invalid-option',
      );
    }
    expect(await rejection(orders.insertMany(5 as never))).to.have.property('code', 'validation.invalid-option');
    const missing = 'ignroe' as never;
    for (const holder of [orders, tables]) {
      expect(await rejection(holder.deleteMany([], { missing }))).to.have.property(
        'message',
        "missing takes 'throw' or 'ignore', not another string.",
      );
    }
  });
});

onEveryStore('getMany', (open) => {
  it('getMany reads the keys of an async iterable in order, and only as many ahead as it has room for', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    await orders.insertMany(interleaved(30, 3));
    let ahead = 0;
    let most = 0;
    async function* keys(): AsyncGenerator<{ customerId: string; orderId: string }> {
      for (const { customerId, orderId } of interleaved(31, 3)) {
        most = Math.max(most, ++ahead);
        yield { customerId, orderId };
      }
    }
    const reads = await orders.getMany(keys(), { concurrency: 4 });
    expect(reads.map((entity) => entity?.total)).to.deep.equal([...Array(30).keys(), undefined]);
    expect(most).to.equal(31);
  });
});
