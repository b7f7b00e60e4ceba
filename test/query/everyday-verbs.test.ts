import { expect } from 'chai';
import { setTimeout as wait } from 'node:timers/promises';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntityMapper } from '../../src/mapping/entity-mapper.js';
import { metadataOf } from '../../src/metadata/metadata-of.js';
import { partitionQuery } from '../../src/query/query-factory.js';
import type { Query } from '../../src/query/query.js';
import { onEveryStore, rejection, type Open } from '../support/every-store.js';
import { order, Order } from '../support/models.js';
import { RecordingStore } from './recording-store.js';

const ROWS = 25;

async function filled(open: Open): Promise<{ readonly query: Query<Order>; readonly tables: DataSource }> {
  const { tables } = await open();
  const orders = Array.from({ length: ROWS }, (_, index) =>
    order({ customerId: 'a', orderId: `o${String(index).padStart(2, '0')}`, items: index, total: index }),
  );
  await tables.repository(Order).insertMany(orders);
  return { tables, query: tables.repository(Order).query({ customerId: 'a' }) };
}

const codeOf = async (promise: Promise<unknown>): Promise<unknown> =>
  ((await rejection(promise)) as EntitableError).code;
const keys = (found: readonly { readonly orderId: string }[]): string => found.map(({ orderId }) => orderId).join(' ');

onEveryStore('single', (open) => {
  it('single returns the only result, and throws for none and for several', async () => {
    const { query } = await filled(open);
    expect((await query.where('items', 'eq', 7).single()).orderId).to.equal('o07');
    expect(await query.where('items', 'eq', 7).select('items').single()).to.deep.equal({ items: 7 });
    expect((await query.orderBy('total', 'desc').take(1).single()).orderId).to.equal('o24');
    expect(await codeOf(query.where('items', 'gt', 22).single())).to.equal('query.several-results');
    expect(await codeOf(query.where('items', 'gt', 24).single())).to.equal('query.no-result');
  });
});

onEveryStore('forEach', (open) => {
  it('forEach passes every result to the handler in order, one at a time by default, and returns their number', async () => {
    const { query } = await filled(open);
    const seen: string[] = [];
    let underWay = 0;
    const handled = await query.pageSize(4).forEach(async ({ orderId }) => {
      expect(++underWay).to.equal(1);
      await wait(1);
      underWay--;
      seen.push(orderId);
    });
    expect(handled).to.equal(ROWS);
    expect(seen.join(' ')).to.equal(keys(await query.toArray()));
  });

  it('forEach handles as many results at once as concurrency allows', async () => {
    const { query } = await filled(open);
    let [underWay, most] = [0, 0];
    let release = (): void => undefined;
    // On a slow machine reading a page takes longer than a handler.
    const four = new Promise<void>((resolve) => (release = resolve));
    const handled = await query.pageSize(3).forEach(
      async () => {
        most = Math.max(most, ++underWay);
        if (most === 4) release();
        await four;
        await wait(2);
        underWay--;
      },
      { concurrency: 4 },
    );
    expect({ handled, most }).to.deep.equal({ handled: ROWS, most: 4 });
  });

  it('forEach stops when a handler throws, waits for the others, and reports how many were handled', async () => {
    const { query } = await filled(open);
    const begun: string[] = [];
    const ended: string[] = [];
    let told: AbortSignal | undefined;
    const thrown = new Error('no more');
    const error = await rejection(
      query.forEach(
        async ({ orderId, items }, { signal }) => {
          told = signal;
          begun.push(orderId);
          await wait(items === 2 ? 5 : 30);
          if (items === 2) throw thrown;
          ended.push(orderId);
        },
        { concurrency: 3 },
      ),
    );
    expect(EntitableError.is(error, 'query.handler-failed') && { ...error.details }).to.deep.equal({
      className: 'Order',
      handled: 2,
      thrown: 1,
    });
    expect((error as Error).cause).to.equal(thrown);
    expect(begun).to.deep.equal(['o00', 'o01', 'o02']);
    expect(ended).to.deep.equal(['o00', 'o01']);
    expect(told?.aborted).to.equal(true);
  });

  it('forEach stops for a handler that throws synchronously, and rejects a handler that is not a function', async () => {
    const { query } = await filled(open);
    let calls = 0;
    const error = query.forEach(
      () => {
        calls++;
        throw new Error('no');
      },
      { concurrency: 5 },
    );
    expect(await codeOf(error)).to.equal('query.handler-failed');
    expect(calls).to.equal(1);
    expect(await codeOf(query.forEach(undefined as never))).to.equal('validation.invalid-option');
    expect(await codeOf(query.forEach(() => 0, { concurrency: 0 }))).to.equal('validation.invalid-option');
  });

  it('forEach stops when its signal is aborted, and waits for handlers in progress', async () => {
    const { query } = await filled(open);
    const abort = new AbortController();
    const ended: string[] = [];
    const error = query.forEach(
      async ({ orderId, items }) => {
        if (items === 3) abort.abort();
        await wait(5);
        ended.push(orderId);
      },
      { concurrency: 2, signal: abort.signal },
    );
    expect(await codeOf(error)).to.equal('store.aborted');
    expect(ended).to.deep.equal(['o00', 'o01', 'o02', 'o03']);
    expect(await codeOf(query.forEach(() => 0, { signal: AbortSignal.abort() }))).to.equal('store.aborted');
  });
});

describe('forEach', () => {
  it('forEach reads at most one page ahead of the handlers', async () => {
    const rows = Array.from({ length: 100 }, (_, index) => ({
      partitionKey: 'a',
      rowKey: `o${String(index).padStart(3, '0')}`,
      values: {},
    }));
    const store = new RecordingStore(rows);
    const query = partitionQuery(new EntityMapper(metadataOf(Order), store), 'a').pageSize(3);
    let underWay = 0;
    const waiting: (() => void)[] = [];
    const all = query.forEach(
      async () => {
        underWay++;
        await new Promise<void>((resolve) => waiting.push(resolve));
      },
      { concurrency: 4 },
    );
    while (underWay < 4) await wait(1);
    await wait(20);
    expect([underWay, store.requests.length]).to.deep.equal([4, 2]);
    const timer = setInterval(() => waiting.splice(0).forEach((resolve) => resolve()), 1);
    expect(await all).to.equal(100);
    clearInterval(timer);
  });
});

onEveryStore('A merge with a function', (open) => {
  it('A merge with a function computes the patch of each row from its result', async () => {
    const { query } = await filled(open);
    const report = await query
      .where('items', 'lt', 5)
      .merge(({ items, orderId }) =>
        items === 3 ? undefined : { items: items + 100, email: items === 4 ? null : `${orderId}@example.org` },
      );
    expect(report).to.deep.equal({ changed: 4, skipped: 1, failed: [] });
    const found = await query.where('orderId', 'lt', 'o06').toArray();
    expect(found.map(({ items, email }) => `${items} ${email ?? '-'}`)).to.deep.equal([
      '100 o00@example.org',
      '101 o01@example.org',
      '102 o02@example.org',
      '3 -',
      '104 -',
      '5 -',
    ]);
  });

  it('A merge with a function receives the selected properties, and may be asynchronous', async () => {
    const { query } = await filled(open);
    const seen: unknown[] = [];
    const report = await query
      .where('items', 'ge', 23)
      .select('items')
      .merge(async (row) => {
        seen.push(row);
        await wait(1);
        return { total: row.items * 2 };
      });
    expect(report.changed).to.equal(2);
    expect(seen).to.deep.equal([{ items: 23 }, { items: 24 }]);
    expect((await query.where('total', 'gt', 24).toArray()).map(({ total }) => total)).to.deep.equal([46, 48]);
  });

  it('A merge with a function computes the patch again if the row has changed in the meantime', async () => {
    const { query, tables } = await filled(open);
    const seen: number[] = [];
    const key = { customerId: 'a', orderId: 'o01' };
    const report = await query.where('items', 'le', 2).merge(async ({ orderId, items }) => {
      seen.push(items);
      if (orderId === 'o01' && items === 1) await tables.repository(Order).merge(key, { items: -7 });
      if (orderId === 'o02') await tables.repository(Order).delete({ customerId: 'a', orderId }, { missing: 'ignore' });
      return { items: items - 1 };
    });
    expect(report).to.deep.equal({ changed: 2, skipped: 1, failed: [] });
    expect(seen).to.deep.equal([0, 1, 2, -7]);
    expect((await query.where('items', 'le', 2).toArray()).map(({ items }) => items)).to.deep.equal([-1, -8]);
  });

  it('A merge with a function is rejected for an invalid patch, and in a unit of work', async () => {
    const { query, tables } = await filled(open);
    for (const patch of [{ nothing: 1 }, { orderId: 'x' }, { items: 'x' }, 5]) {
      expect(await codeOf(query.merge(() => patch as never))).to.match(/^(validation|entity)\./);
    }
    const inUnit = tables.unitOfWork((work) => work.query(Order, { customerId: 'a' }).merge(() => ({ items: 1 })));
    expect(await codeOf(inUnit)).to.equal('commit.not-in-unit');
    const thrown = new Error('mine');
    expect(await rejection(query.merge(() => Promise.reject(thrown)))).to.equal(thrown);
  });

  it('A merge with a function is rejected if the function modifies the row and returns nothing, or the row itself', async () => {
    const { query } = await filled(open);
    const before = await query.select('orderId', 'items', 'status').toArray();
    const message = (name: string): string =>
      `merge takes a function that returns the patch of a row, such as { ${name} }, ` +
      `not one that changes ${name} of the row itself and returns nothing.`;
    const changes: readonly (readonly [name: string, merge: () => Promise<unknown>])[] = [
      ['items', () => query.merge((row) => void row.items++)],
      ['status', () => query.merge(async (row) => void (row.status = 'shipped'))],
      ['total', () => query.merge((row) => void (row.total = null as never))],
      ['items', () => query.select('items').merge((row) => void (row as { items: number }).items++)],
    ];
    for (const [name, merge] of changes) {
      expect(await rejection(merge())).to.include({ code: 'validation.invalid-option', message: message(name) });
    }
    const whole = query.merge((row) => Object.assign(row, { items: 7 }));
    expect(await rejection(whole)).to.include({
      code: 'validation.invalid-option',
      message:
        'merge takes a function that returns the patch of a row, such as { items }, not one that returns the row itself.',
    });
    expect(await query.select('orderId', 'items', 'status').toArray()).to.deep.equal(before);
    const scratch = await query.take(1).merge((row) => ({ total: ++row.items }));
    expect([scratch.changed, (await query.firstOrThrow()).total]).to.deep.equal([1, before[0]!.items + 1]);
  });
});

onEveryStore('filterOnClient', (open) => {
  const isOdd = ({ items }: Order): boolean => items % 2 === 1;

  it('filterOnClient leaves out rows that do not match, in every way of reading', async () => {
    const { query } = await filled(open);
    const odd = query.where('items', 'lt', 10).filterOnClient(isOdd);
    expect(keys(await odd.toArray())).to.equal('o01 o03 o05 o07 o09');
    expect(keys(await odd.take(2).toArray())).to.equal('o01 o03');
    expect((await odd.first())?.orderId).to.equal('o01');
    expect([await odd.count(), await odd.exists()]).to.deep.equal([5, true]);
    expect(await odd.filterOnClient(({ items }) => items > 9).exists()).to.equal(false);
    expect((await odd.filterOnClient(({ items }) => items > 8).single()).orderId).to.equal('o09');
    expect(await odd.select('orderId').take(1).toArray()).to.deep.equal([{ orderId: 'o01' }]);
    expect(keys(await odd.orderBy('total', 'desc').take(2).toArray())).to.equal('o09 o07');
    expect(keys(await query.where('orderId', 'in', ['o02', 'o03']).filterOnClient(isOdd).toArray())).to.equal('o03');
    expect(await query.where('orderId', 'eq', 'o02').filterOnClient(isOdd).first()).to.equal(undefined);
    expect(
      keys(
        await query
          .where('items', 'in', Array.from({ length: 20 }, (_, i) => i) as never)
          .filterOnClient(isOdd)
          .toArray(),
      ),
    ).to.equal('o01 o03 o05 o07 o09 o11 o13 o15 o17 o19');
  });

  it('filterOnClient works with pages and continuations', async () => {
    const { query } = await filled(open);
    const odd = query.filterOnClient(isOdd);
    const found: string[] = [];
    let continuation: string | undefined;
    do {
      const page = await odd.page({ continuation, pageSize: 4 });
      found.push(...page.items.map(({ orderId }) => orderId));
      ({ continuation } = page);
    } while (continuation !== undefined);
    expect(found.join(' ')).to.equal(keys(await odd.toArray()));
    const first = await odd.page({ pageSize: 4 });
    expect(await codeOf(query.page({ continuation: first.continuation }))).to.equal('query.invalid-continuation');
  });

  it('filterOnClient limits what is deleted and merged', async () => {
    const { query } = await filled(open);
    expect(
      (
        await query
          .filterOnClient(isOdd)
          .filterOnClient(({ items }) => items < 6)
          .delete()
      ).changed,
    ).to.equal(3);
    expect((await query.filterOnClient(isOdd).merge({ total: -1 })).changed).to.equal(9);
    expect((await query.filterOnClient(isOdd).merge(({ items }) => ({ total: items }))).changed).to.equal(9);
    expect([await query.count(), await query.where('total', 'eq', -1).count()]).to.deep.equal([22, 0]);
  });

  it('filterOnClient is shown by explain, and sends nothing to the store', async () => {
    const { query } = await filled(open);
    const odd = query.where('items', 'lt', 10).filterOnClient(isOdd);
    expect(odd.explain()).to.deep.include({
      requests: 1,
      onClient: ['reads every row whole and tests it by filterOnClient'],
    });
    expect(odd.compile()).to.deep.equal(query.where('items', 'lt', 10).compile());
  });

  it('filterOnClient receives the entities of a unit of work, and leaves other rows untracked', async () => {
    const { tables } = await filled(open);
    await tables.unitOfWork(async (work) => {
      const two = await work.repository(Order).getOrThrow({ customerId: 'a', orderId: 'o02' });
      two.items = 1001;
      const looked: Order[] = [];
      const odd = work.query(Order, { customerId: 'a' }).where('orderId', 'lt', 'o04');
      const found = await odd.filterOnClient((one) => (looked.push(one), isOdd(one))).toArray();
      expect(found.map(({ items }) => items)).to.deep.equal([1, 1001, 3]);
      expect(found).to.include(two);
      looked[0]!.items = 5; // not tracked, so not written
      expect(
        work
          .plan()
          .flatMap(({ writes }) => writes)
          .map(({ rowKey }) => rowKey),
      ).to.deep.equal(['o02']);
      work.discard();
    });
  });

  it('filterOnClient rejects an argument that is not a function, and a function that returns a promise', async () => {
    const { query } = await filled(open);
    expect(() => query.filterOnClient('items' as never)).to.throw('filterOnClient takes a function');
    const later = query.filterOnClient((async () => false) as never);
    expect(await codeOf(later.toArray())).to.equal('validation.invalid-option');
  });
});

describe('Paging backwards', () => {
  it('Paging backwards is rejected, and the error names the remedy: a key that sorts in reverse', async () => {
    await using tables = await DataSource.open('memory:');
    const query = tables.repository(Order).query({ customerId: 'a' });
    const error = (await rejection(query.orderBy('orderId', 'desc').page())) as EntitableError;
    expect(error.code).to.equal('query.sorted-on-client');
    expect(error.message)
      .to.match(/forwards only/)
      .and.to.match(/newestFirst/);
    const other = (await rejection(query.orderBy('total', 'desc').page())) as EntitableError;
    expect(other.message).to.match(/Leave orderBy out/);
    expect(await codeOf(query.orderBy('orderId', 'desc').delete())).to.equal('query.sorted-on-client');
  });
});
