import { expect } from 'chai';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { inspect } from 'node:util';
import { useInstrumenter, type Instrumenter, type TracingContext } from '@azure/core-tracing';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { LogEvent, Metric } from '../../src/observability/events.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import { startAzurite } from '../azurite/azurite.js';
import { rejection } from '../support/every-store.js';
import { until } from '../support/until.js';
import { Item } from './fault-items.js';
import { someOf } from './fault-proxy.js';
import { proxiedAzurite, type Proxied } from './proxied.js';

const QUICK = { tryTimeout: 5000, timeout: 15_000, fast: { slot: 1 }, slow: { slot: 1, ceiling: 20 } };
const KEY = { owner: 'o', name: 'n' };

let run = 0;

describe('A data source over a network', () => {
  let proxied: Proxied;
  const opened: DataSource[] = [];
  const tableName = (name: string): string => `${name}P${process.pid}R${run}`;
  before(async () => {
    proxied = await proxiedAzurite();
  });
  after(() => proxied.close());
  beforeEach(() => {
    proxied.proxy.choose = () => 'none';
    run++;
  });
  afterEach(async () => {
    for (const tables of opened.splice(0)) await tables.close({ timeout: 0 });
  });

  async function open(options: Parameters<typeof DataSource.open>[1] = {}): Promise<DataSource> {
    const tables = await DataSource.open(proxied.connectionString, { tableName, retry: QUICK, ...options });
    opened.push(tables);
    return tables;
  }

  it('A data source retries failed requests by default, also those of modify() and of queries', async () => {
    const tables = await open();
    proxied.proxy.choose = someOf(0.3, 4, { 'reset before the response': 1 });
    const items = tables.repository(Item);
    for (let index = 0; index < 20; index++) {
      await items.insert(Object.assign(new Item(), { owner: 'o', name: `n${index}`, count: index }));
    }
    await items.modify({ owner: 'o', name: 'n1' }, (item) => {
      item.count = 100;
    });
    proxied.proxy.choose = () => 'none';
    const counts = (await items.query({ owner: 'o' }).toArray()).map(({ count }) => count);
    expect(counts.toSorted((a, b) => a! - b!)).to.deep.equal([0, ...Array.from({ length: 18 }, (_, i) => i + 2), 100]);
  });

  it('A data source with `retry: false` sends every request once', async () => {
    const tables = await open({ retry: false });
    proxied.proxy.choose = () => '503';
    const before = proxied.proxy.counts['503'] ?? 0;
    expect(await rejection(tables.repository(Item).get(KEY))).to.include({ code: 'store.throttled' });
    expect(proxied.proxy.counts['503']).to.equal(before + 1);
  });

  it('DataSource.open() rejects retry settings out of range', async () => {
    for (const retry of [{ maxRetries: -1 }, { maxRetries: 1.5 }, { timeout: 0 }, { slow: { slot: Number.NaN } }]) {
      expect(await rejection(open({ retry }))).to.include({ code: 'validation.invalid-option' });
    }
  });

  describe('DataSource.ready()', () => {
    it('ready() resolves once the service responds, also if the table it is told to read does not exist', async () => {
      const tables = await open();
      await tables.ready();
      await tables.ready({ table: 'Missing', failFast: true });
    });

    it('ready() waits for a service that is not available yet', async () => {
      const tables = await open();
      proxied.proxy.choose = () => 'reset before the request';
      const ready = tables.ready({ timeout: 5000 });
      await wait(100);
      proxied.proxy.choose = () => 'none';
      await ready;
    });

    it('ready() throws why the service does not respond: at once with `failFast`, otherwise when its time is over', async () => {
      const tables = await open();
      proxied.proxy.choose = () => 'reset before the request';
      const before = proxied.proxy.counts['reset before the request'] ?? 0;
      expect(await rejection(tables.ready({ failFast: true }))).to.include({ code: 'store.unavailable' });
      expect(proxied.proxy.counts['reset before the request']).to.equal(before + 1);
      const late = await rejection(tables.ready({ timeout: 100 }));
      // the last attempt may be cut short
      expect(late).to.have.property('code').that.is.oneOf(['store.unavailable', 'store.timeout']);
    });

    it('ready() throws at once if the account key is wrong', async () => {
      const key = Buffer.from('another key').toString('base64');
      const { account } = await startAzurite();
      const target = { endpoint: proxied.proxy.endpoint, credential: { name: account, key } };
      await using tables = await DataSource.open(target);
      expect(await rejection(tables.ready())).to.include({ code: 'store.unauthorized' });
    });
  });

  describe('DataSource.close()', () => {
    it('close() waits for running operations, and later operations throw `store.closed`', async () => {
      const tables = await open();
      const items = tables.repository(Item);
      await items.insert(Object.assign(new Item(), KEY, { count: 1 }));
      proxied.proxy.choose = () => 'delay before the response';
      const reading = items.get(KEY);
      await wait(1);
      await tables.close();
      expect(await reading).to.include({ count: 1 });
      expect(await rejection(items.get(KEY))).to.include({ code: 'store.closed' });
      expect(await rejection(items.query({ owner: 'o' }).toArray())).to.include({ code: 'store.closed' });
      expect(await rejection(tables.tables.createIfMissing('Xyz'))).to.include({ code: 'store.closed' });
    });

    it('close() aborts the operations that still run when its timeout is over', async () => {
      const tables = await open({ retry: { ...QUICK, tryTimeout: 60_000, timeout: 60_000 } });
      proxied.proxy.choose = () => 'no response, not carried out';
      const withheld = (): number => proxied.proxy.counts['no response, not carried out'] ?? 0;
      const before = withheld();
      const items = tables.repository(Item);
      const ends = [items.get(KEY), items.insert(Object.assign(new Item(), KEY))].map((work) => rejection(work));
      await until(
        () => withheld() === before + ends.length,
        () => 'The requests never arrived.',
      );
      const started = performance.now();
      await tables.close({ timeout: 50 });
      expect(performance.now() - started).to.be.within(40, 10_000);
      const codes = (await Promise.all(ends)).map((error) => (error as EntitableError).code);
      expect(codes).to.deep.equal(['store.aborted', 'store.outcome-unknown']);
    });

    it('close() may be called more than once', async () => {
      const tables = await open();
      await Promise.all([tables.close(), tables.close()]);
      await tables.close();
    });
  });

  describe('DataSource.retry()', () => {
    const refusal = (code: 'store.precondition-failed' | 'store.throttled' | 'store.outcome-unknown'): EntitableError =>
      new EntitableError(code, 'no', {});

    for (const code of ['store.precondition-failed', 'store.throttled'] as const) {
      it(`retry() runs work again from the start after ${code}`, async () => {
        const tables = await open();
        const numbers: number[] = [];
        const result = await tables.retry(({ number }) => {
          numbers.push(number);
          return number < 3 ? Promise.reject(refusal(code)) : Promise.resolve('done');
        }, QUICK);
        expect([result, numbers]).to.deep.equal(['done', [1, 2, 3]]);
      });
    }

    it('retry() never repeats work that throws `store.outcome-unknown` or an error of its own', async () => {
      const tables = await open();
      for (const error of [refusal('store.outcome-unknown'), new TypeError('mine')]) {
        let goes = 0;
        const work = tables.retry(() => (goes++, Promise.reject(error)), QUICK);
        expect(await rejection(work)).to.equal(error);
        expect(goes).to.equal(1);
      }
    });

    it('retry() stops when its signal is aborted, also between two attempts', async () => {
      const tables = await open();
      const stop = new AbortController();
      const settings = { slow: { slot: 1e6, ceiling: 1e6 }, signal: stop.signal };
      const work = rejection(tables.retry(() => Promise.reject(refusal('store.throttled')), settings));
      await wait(10);
      stop.abort();
      expect(await work).to.include({ code: 'store.aborted' });
    });

    it('retry() limits the time of each attempt by `tryTimeout`', async () => {
      const tables = await open();
      proxied.proxy.choose = () => 'no response, not carried out';
      const work = tables.retry(({ signal }) => tables.repository(Item).get(KEY, { signal }), {
        ...QUICK,
        tryTimeout: 30,
        maxRetries: 1,
      });
      expect(await rejection(work)).to.include({ code: 'store.timeout' });
    });
  });

  describe('Logging, metrics and tracing', () => {
    it('A logger and a metrics hook receive every operation, without keys or values', async () => {
      const events: LogEvent[] = [];
      const metrics: Metric[] = [];
      const logger = (event: LogEvent): void => void events.push(event);
      const tables = await open({ logger, metrics: (metric) => metrics.push(metric) });
      const items = tables.repository(Item);
      await tables.tables.create(tableName('Items'));
      await items.insert(
        Object.assign(new Item(), { owner: 'secret-owner', name: 'secret-name', note: 'secret-note' }),
      );
      const faults = ['503 with Retry-After'] as const;
      let asked = 0;
      proxied.proxy.choose = () => faults[asked++] ?? 'none';
      await items.query({ owner: 'secret-owner' }).where('note', 'eq', 'secret-note').toArray();
      const table = tableName('Items');
      const plain = events.map((event) =>
        'milliseconds' in event ? { ...event, milliseconds: 0 } : { ...event, wait: 0 },
      );
      const done = { kind: 'operation', requests: 1, retries: 0, milliseconds: 0, outcome: 'success', table };
      expect(plain).to.deep.equal([
        { ...done, operation: 'create-table', rows: 0 },
        { ...done, operation: 'insert', rows: 1 },
        { kind: 'retry', operation: 'scan', table, reason: 'store.throttled', status: 503, retry: 1, wait: 0 },
        { ...done, operation: 'scan', plan: 'partition', rows: 1, requests: 2, retries: 1 },
      ]);
      expect(metrics).to.have.lengthOf(12);
      expect(metrics.at(-2)).to.deep.equal({
        name: 'entitable.retries',
        unit: 'retries',
        value: 1,
        attributes: { operation: 'scan', outcome: 'success', table },
      });
      expect(inspect([events, metrics], { depth: 9 })).not.to.match(/secret/);
    });

    it('A logger receives the operations of an embedded store as well', async () => {
      const events: LogEvent[] = [];
      await using tables = await DataSource.open('memory:', { logger: (event) => events.push(event) });
      await tables.repository(Item).insert(Object.assign(new Item(), KEY));
      expect(events.map((event) => 'outcome' in event && event.outcome)).to.deep.equal([
        'store.table-not-found',
        'success',
        'success',
      ]);
    });

    it('A logger or metrics hook that throws or rejects does not disturb any operation', async () => {
      for (const fail of [() => Promise.reject(new Error('no')), () => JSON.parse('{') as unknown]) {
        const store = memoryStore();
        await using tables = await DataSource.open(store, { logger: fail, metrics: fail });
        await tables.repository(Item).insert(Object.assign(new Item(), KEY));
      }
    });

    it('OpenTelemetry receives a span for each operation as the parent of the spans of its requests', async () => {
      const spans: { readonly name: string; readonly parent: string | undefined; readonly attributes: object }[] = [];
      useInstrumenter(recordingInstrumenter(spans));
      try {
        const tables = await open();
        await tables.repository(Item).get({ owner: 'secret-owner', name: 'secret-name' });
      } finally {
        useInstrumenter(undefined as never);
      }
      expect(spans.map(({ name, parent }) => [name, parent])).to.deep.equal([
        ['entitable.get', undefined],
        ['HTTP GET', 'entitable.get'],
      ]);
      expect(inspect(spans[0])).not.to.match(/secret/);
    });
  });

  it('A data source shows no secrets, row keys or values in inspect(), errors and logs', async () => {
    const { account, key } = await startAzurite();
    const events: LogEvent[] = [];
    const logger = (event: LogEvent): void => void events.push(event);
    const signature = 'sv=2019-02-02&ss=t&srt=sco&sp=rwdlau&se=2099-01-01T00:00:00Z&sig=c2VjcmV0LXNpZ25hdHVyZQ%3D%3D';
    const getToken = (): Promise<{ token: string; expiresOnTimestamp: number }> =>
      Promise.resolve({ token: 'secret-token', expiresOnTimestamp: Date.now() + 3_600_000 });
    const seen: unknown[] = [events];
    const credentials = [{ name: account, key }, { signature }, { getToken }] as const;
    for (const credential of credentials) {
      const target = { endpoint: proxied.proxy.endpoint, credential };
      const tables = await DataSource.open(target, { tableName, retry: { ...QUICK, maxRetries: 1 }, logger });
      opened.push(tables);
      const items = tables.repository(Item);
      const item = Object.assign(new Item(), KEY, { note: 'secret-note' });
      seen.push(tables, items, tables.tables, items.query({ owner: 'o' }));
      for (const fault of [
        'none',
        'none',
        'reset before the response',
        '500, not carried out',
        'response cut off',
      ] as const) {
        proxied.proxy.choose = () => fault;
        seen.push(await items.insert(item).catch((error: unknown) => error));
        seen.push(await rejection(items.merge(KEY, { note: 'secret-note' }, { etag: 'W/"1"' })));
      }
    }
    // The inserted entity itself is the caller's object.
    const told = seen.filter((value) => !(value instanceof Item));
    for (const text of [inspect(told, { depth: 12, maxStringLength: null }), JSON.stringify(told)]) {
      expect(text).not.to.include(key);
      expect(text).not.to.match(/c2VjcmV0|secret-|SharedKey(Lite)? /);
    }
  });
});

/** Records spans. The parent is the active one, as with OpenTelemetry's context managers. */
function recordingInstrumenter(
  spans: { name: string; parent: string | undefined; attributes: object }[],
): Instrumenter {
  const names = new WeakMap<object, string>();
  const active = new AsyncLocalStorage<TracingContext>();
  const contextOf = (name: string): TracingContext => {
    const values = new Map<symbol, unknown>();
    const context: TracingContext = {
      getValue: (key) => values.get(key),
      setValue: (key, value) => (values.set(key, value), context),
      deleteValue: (key) => (values.delete(key), context),
    };
    names.set(context, name);
    return context;
  };
  return {
    startSpan(name, { spanAttributes = {}, tracingContext }) {
      const attributes: Record<string, unknown> = { ...spanAttributes };
      const parent = tracingContext ?? active.getStore();
      spans.push({ name, parent: parent && names.get(parent), attributes });
      return {
        tracingContext: contextOf(name),
        span: {
          setAttribute: (key, value) => void (attributes[key] = value),
          setStatus: () => undefined,
          recordException: () => undefined,
          end: () => undefined,
          isRecording: () => true,
        },
      };
    },
    withContext: (context, callback, ...args) => active.run(context, callback, ...args),
    // Turns tracing on: OpenTelemetry returns a context, the SDK's default instrumenter `undefined`.
    parseTraceparentHeader: contextOf,
    createRequestHeaders: () => ({}),
  };
}
