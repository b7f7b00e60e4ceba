import { expect } from 'chai';
import type { LogEvent } from '../../src/observability/events.js';
import { observer } from '../../src/observability/observer.js';
import { ResilientStore } from '../../src/resilience/resilient-store.js';
import { retryPolicy, type RetrySettings } from '../../src/resilience/retry-settings.js';
import { openAzure } from '../../src/stores/azure/open-azure.js';
import type { Rows, WriteMode, WriteReceipt } from '../../src/store/table-store.js';
import { rejection } from '../support/every-store.js';
import { until } from '../support/until.js';
import type { Fault } from './fault-proxy.js';
import { proxiedAzurite, type Proxied } from './proxied.js';

const SHAPE = { properties: [{ name: 'text', type: 'String' as const }] };
const QUICK: RetrySettings = { tryTimeout: 5000, timeout: 15_000, fast: { slot: 1 }, slow: { slot: 1, ceiling: 20 } };

let tables = 0;

/** A table that is reached through the proxy, and directly. */
class Bench {
  readonly events: LogEvent[] = [];
  readonly table = `Lost${process.pid}N${++tables}`;
  readonly store: ResilientStore;
  readonly rows: Rows;
  readonly direct: Rows;

  static async create(proxied: Proxied, settings: RetrySettings = QUICK): Promise<Bench> {
    const azure = await openAzure(proxied.connectionString, { retry: { maxRetries: 0 } });
    const bench = new Bench(proxied, azure, settings);
    await proxied.direct.createTable(bench.table);
    return bench;
  }

  private constructor(
    readonly proxied: Proxied,
    azure: Awaited<ReturnType<typeof openAzure>>,
    settings: RetrySettings,
  ) {
    const begin = observer({ logger: (event) => this.events.push(event) });
    this.store = new ResilientStore(azure, retryPolicy(settings), begin);
    this.rows = this.store.rows(this.table, SHAPE);
    this.direct = proxied.direct.rows(this.table, SHAPE);
  }

  /** Sets the faults of the next requests; later requests pass. */
  next(...faults: readonly Fault[]): void {
    const left = [...faults];
    this.proxied.proxy.choose = () => left.shift() ?? 'none';
  }

  async write(mode: WriteMode, rowKey: string, text?: string, ifMatch?: string): Promise<WriteReceipt> {
    const [receipt] = await this.store.submit(this.table, [this.prepare(this.rows, mode, rowKey, text, ifMatch)]);
    return receipt!;
  }

  async writeDirectly(mode: WriteMode, rowKey: string, text?: string, ifMatch?: string): Promise<WriteReceipt> {
    const write = this.prepare(this.direct, mode, rowKey, text, ifMatch);
    const [receipt] = await this.proxied.direct.submit(this.table, [write]);
    return receipt!;
  }

  prepare(rows: Rows, mode: WriteMode, rowKey: string, text?: string, ifMatch?: string): ReturnType<Rows['prepare']> {
    return rows.prepare({
      mode,
      partitionKey: 'p',
      rowKey,
      ...(ifMatch !== undefined && { ifMatch }),
      ...(text !== undefined && { write: (writer) => writer.string(0, text) }),
    });
  }

  stored(rowKey: string): Promise<{ readonly text: string; readonly etag: string } | undefined> {
    return this.direct.get('p', rowKey, (row) => ({ text: row.string(0), etag: row.etag }));
  }

  /** Returns the figures of the last operation, as the logger received them. */
  get told(): { readonly requests: number; readonly retries: number; readonly outcome: string } | undefined {
    const event = this.events.at(-1);
    return event?.kind === 'operation'
      ? { requests: event.requests, retries: event.retries, outcome: event.outcome }
      : undefined;
  }
}

describe('A write whose answer is lost', () => {
  let proxied: Proxied;
  let bench: Bench;
  before(async () => {
    proxied = await proxiedAzurite();
  });
  after(() => proxied.close());
  beforeEach(async () => {
    proxied.proxy.choose = () => 'none';
    bench = await Bench.create(proxied);
  });
  afterEach(() => bench.store.close());

  it('An insert that was carried out although its answer was lost succeeds and returns the ETag of the row', async () => {
    bench.next('reset before the response');
    const { etag } = await bench.write('insert', 'r', 'mine');
    expect(await bench.stored('r')).to.deep.equal({ text: 'mine', etag });
    expect(bench.told).to.deep.equal({ requests: 3, retries: 1, outcome: 'success' });
  });

  it('An insert whose request was lost is sent again', async () => {
    bench.next('reset before the request');
    const { etag } = await bench.write('insert', 'r', 'mine');
    expect(await bench.stored('r')).to.deep.equal({ text: 'mine', etag });
    expect(bench.told).to.deep.equal({ requests: 2, retries: 1, outcome: 'success' });
  });

  it('An insert over an existing row is rejected at once if no answer was lost', async () => {
    await bench.writeDirectly('insert', 'r', 'another');
    expect(await rejection(bench.write('insert', 'r', 'mine'))).to.include({ code: 'store.already-exists' });
    expect(bench.told).to.deep.equal({ requests: 1, retries: 0, outcome: 'store.already-exists' });
  });

  it('An insert with a lost answer is of unknown outcome if a recent row has other content: it may have been written and changed since', async () => {
    await bench.writeDirectly('insert', 'r', 'another');
    bench.next('reset before the response');
    const error = await rejection(bench.write('insert', 'r', 'mine'));
    expect(error).to.include({ code: 'store.outcome-unknown' });
    expect(error).to.have.nested.property('details.found', 'changed');
    expect(await bench.stored('r')).to.include({ text: 'another' });
  });

  it('An insert with a lost answer claims a row with exactly its content, because two such writers cannot be told apart', async () => {
    await bench.writeDirectly('insert', 'r', 'same');
    bench.next('reset before the request');
    const { etag } = await bench.write('insert', 'r', 'same');
    expect(await bench.stored('r')).to.deep.equal({ text: 'same', etag });
  });

  for (const mode of ['merge', 'replace'] as const) {
    it(`A conditional ${mode} that was carried out although its answer was lost succeeds and returns the ETag of the row`, async () => {
      const { etag: first } = await bench.writeDirectly('insert', 'r', 'before');
      bench.next('reset before the response');
      const { etag } = await bench.write(mode, 'r', 'after', first);
      expect(await bench.stored('r')).to.deep.equal({ text: 'after', etag });
      expect(etag).not.to.equal(first);
    });

    it(`A conditional ${mode} with a lost answer is of unknown outcome if another write has changed the row recently`, async () => {
      const { etag: first } = await bench.writeDirectly('insert', 'r', 'before');
      await bench.writeDirectly(mode, 'r', 'theirs', first);
      bench.next('reset before the request');
      const error = await rejection(bench.write(mode, 'r', 'mine', first));
      expect(error).to.have.nested.property('details.found', 'changed');
      expect(await bench.stored('r')).to.include({ text: 'theirs' });
    });

    it(`A conditional ${mode} with a lost answer is of unknown outcome if the row was deleted meanwhile: it may have been written before`, async () => {
      const { etag: first } = await bench.writeDirectly('insert', 'r', 'before');
      await bench.writeDirectly('delete', 'r', undefined, '*');
      bench.next('reset before the response');
      const error = await rejection(bench.write(mode, 'r', 'mine', first));
      expect(error).to.include({ code: 'store.outcome-unknown' });
      expect(error).to.have.nested.property('details.found', 'missing');
    });
  }

  it('A delete with a lost answer succeeds, although its retry finds no row', async () => {
    await bench.writeDirectly('insert', 'r', 'before');
    bench.next('reset before the response');
    expect(await bench.write('delete', 'r', undefined, '*')).to.deep.equal({});
    expect(await bench.stored('r')).to.equal(undefined);
  });

  it('A conditional delete with a lost answer is of unknown outcome if the row has changed', async () => {
    const { etag } = await bench.writeDirectly('insert', 'r', 'before');
    await bench.writeDirectly('upsert-replace', 'r', 'another');
    bench.next('reset before the request');
    const error = await rejection(bench.write('delete', 'r', undefined, etag));
    expect(error).to.have.nested.property('details.found', 'changed');
  });

  it('Repeatable writes with a lost answer are sent again and not read back', async () => {
    await bench.writeDirectly('insert', 'r', 'before');
    for (const [mode, ifMatch] of [['upsert-replace'], ['upsert-merge'], ['merge', '*'], ['replace', '*']] as const) {
      bench.next('reset before the response');
      const { etag } = await bench.write(mode, 'r', mode, ifMatch);
      expect(await bench.stored('r')).to.deep.equal({ text: mode, etag });
      expect(bench.told).to.deep.equal({ requests: 2, retries: 1, outcome: 'success' });
    }
  });

  it('A transaction that was carried out although its answer was lost succeeds as a whole', async () => {
    const { etag: first } = await bench.writeDirectly('insert', 'b', 'before');
    await bench.writeDirectly('insert', 'c', 'gone soon');
    bench.next('reset before the response');
    const receipts = await bench.store.submit(bench.table, [
      bench.prepare(bench.rows, 'insert', 'a', 'new'),
      bench.prepare(bench.rows, 'merge', 'b', 'after', first),
      bench.prepare(bench.rows, 'delete', 'c', undefined, '*'),
    ]);
    const [a, b] = [await bench.stored('a'), await bench.stored('b')];
    expect([a?.text, b?.text, await bench.stored('c')]).to.deep.equal(['new', 'after', undefined]);
    expect(receipts).to.deep.equal([{ etag: a?.etag }, { etag: b?.etag }, {}]);
  });

  it('A transaction with a lost answer is rejected if an unchanged row proves that nothing was written', async () => {
    const { etag } = await bench.writeDirectly('insert', 'a', 'before');
    await bench.writeDirectly('insert', 'b', 'another');
    bench.next('reset before the response');
    const submitted = bench.store.submit(bench.table, [
      bench.prepare(bench.rows, 'merge', 'a', 'mine', etag),
      bench.prepare(bench.rows, 'insert', 'b', 'mine'),
    ]);
    const error = await rejection(submitted);
    expect(error).to.include({ code: 'store.already-exists' });
    expect(error).to.have.nested.property('details.operation', 1);
    expect(await bench.stored('a')).to.deep.equal({ text: 'before', etag });
  });

  it('A transaction with a lost answer is of unknown outcome if a row that it inserts is missing', async () => {
    await bench.writeDirectly('insert', 'b', 'another');
    bench.next('reset before the response');
    const submitted = bench.store.submit(bench.table, [
      bench.prepare(bench.rows, 'insert', 'a', 'mine'),
      bench.prepare(bench.rows, 'insert', 'b', 'mine'),
    ]);
    const error = await rejection(submitted);
    expect(error).to.include({ code: 'store.outcome-unknown' });
    expect(error).to.have.nested.property('details.found', 'missing');
  });

  it('A write throws `store.outcome-unknown` with `found: "unread"` if neither its answer nor any other arrives', async () => {
    const hurried = await Bench.create(proxied, { ...QUICK, tryTimeout: 150, timeout: 400 });
    proxied.proxy.choose = () => 'no response, carried out';
    const started = performance.now();
    const error = await rejection(hurried.write('insert', 'r', 'mine'));
    expect(performance.now() - started).to.be.lessThan(10_000);
    expect(error).to.include({ code: 'store.outcome-unknown' });
    expect(error).to.have.nested.property('details.found', 'unread');
    await hurried.store.close();
  });

  it('With `lostAnswers: "report"` a write with a lost answer throws `store.outcome-unknown` at once, unless it is repeatable', async () => {
    const strict = await Bench.create(proxied, { ...QUICK, lostAnswers: 'report' });
    strict.next('reset before the response');
    const error = await rejection(strict.write('insert', 'r', 'mine'));
    expect(error).to.include({ code: 'store.outcome-unknown' });
    expect(strict.told).to.deep.equal({ requests: 1, retries: 0, outcome: 'store.outcome-unknown' });
    strict.next('reset before the response');
    await strict.write('upsert-replace', 'r', 'mine');
    expect(strict.told).to.deep.equal({ requests: 2, retries: 1, outcome: 'success' });
    await strict.store.close();
  });

  it('A response that arrives twice is not taken for the response to another request', async () => {
    for (let round = 0; round < 20; round++) {
      bench.next('response twice, the second later');
      await bench.write('insert', `r${round}`, 'mine');
      expect(await rejection(bench.write('merge', 'missing', 'x', '*'))).to.include({ code: 'store.not-found' });
    }
  });

  describe('A read over a network', () => {
    it('A scan requests a failed page again and returns no row twice', async () => {
      const keys = Array.from({ length: 10 }, (_, index) => `r${index}`);
      for (const key of keys) await bench.writeDirectly('insert', key, key);
      bench.next('none', 'response cut off', 'none', '503', 'reset before the response');
      const found: string[] = [];
      for await (const { rows } of bench.rows.scan({ partitionKey: 'p', pageSize: 3 }, (row) => row.string(0)))
        found.push(...rows);
      expect(found).to.deep.equal(keys);
      expect(bench.told).to.deep.equal({ requests: 7, retries: 3, outcome: 'success' });
    });

    it('A read without an answer fails when its timeout is over', async () => {
      proxied.proxy.choose = () => 'no response, not carried out';
      const started = performance.now();
      const error = await rejection(bench.rows.get('p', 'r', () => true, undefined, { timeout: 100 }));
      expect(error).to.include({ code: 'store.timeout' });
      expect(performance.now() - started).to.be.lessThan(10_000);
    });

    it('A retry waits as long as Retry-After asks, unless that exceeds the timeout', async () => {
      bench.next('429 with x-ms-retry-after-ms');
      await bench.rows.get('p', 'r', () => true);
      const retry = bench.events.find(({ kind }) => kind === 'retry');
      expect(retry).to.deep.include({ operation: 'get', reason: 'store.throttled', status: 429, retry: 1 });
      expect(retry).to.have.property('wait').that.is.at.least(15);
      bench.next('429 with x-ms-retry-after-ms');
      const error = await rejection(bench.rows.get('p', 'r', () => true, undefined, { timeout: 14 }));
      expect(error).to.have.property('code').that.is.oneOf(['store.throttled', 'store.timeout']);
    });

    it('An aborted signal ends the wait before a retry at once', async () => {
      const slow = await Bench.create(proxied, { ...QUICK, slow: { slot: 1e6, ceiling: 1e6 }, timeout: 1e7 });
      proxied.proxy.choose = () => '503';
      const stop = new AbortController();
      const reading = rejection(slow.rows.get('p', 'r', () => true, undefined, { signal: stop.signal }));
      await until(
        () => slow.events.some(({ kind }) => kind === 'retry'),
        () => 'The read was never retried.',
      );
      stop.abort();
      expect(await reading).to.include({ code: 'store.aborted' });
      await slow.store.close();
    });
  });
});
