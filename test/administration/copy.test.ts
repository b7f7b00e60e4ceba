import { expect } from 'chai';
import { setTimeout as wait } from 'node:timers/promises';
import type { CopyProgress } from '../../src/administration/copy-options.js';
import type { StoredRow } from '../../src/administration/stored-row.js';
import { DataSource } from '../../src/data-source/data-source.js';
import { Guid } from '../../src/edm/guid.js';
import type { EntitableErrorOf } from '../../src/errors/entitable-error.js';
import { filter } from '../../src/filter/make-filter.js';
import type { TableStore } from '../../src/store/table-store.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import { recordingStore, requestNames } from '../../src/testing/recording-store.js';
import { TableFixture, type Properties } from '../../src/testing/conformance/table-fixture.js';
import { CannedService, ENDPOINT, KEY } from '../stores/azure/canned-service.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { order, Order } from '../support/models.js';
import { OrderLine } from './order-line.js';
import { rowsOf } from './table-rows.js';

const EVERY_TYPE: Properties = {
  s: 'String it’s',
  i: 'Int32 -5',
  d: 'Double 3.0',
  special: 'Double NaN',
  b: 'Boolean false',
  l: 'Int64 9007199254740993',
  t: 'DateTime 2026-01-01T00:00:00.1234567Z',
  g: 'Guid c9da6455-213d-42c9-9a79-3e9149a57833',
  x: 'Binary 0aff',
};

/** Creates a table with rows in two partitions. */
async function filled(store: TableStore, table: string, rows = 3): Promise<TableFixture> {
  await store.createTable(table);
  const fixture = TableFixture.open(store, table);
  for (const partition of ['p1', 'p2']) {
    const writes = Array.from({ length: rows }, (_, index) =>
      fixture.prepare('insert', partition, `r${index}`, { n: `Int32 ${index}`, d: `Double ${index}.0` }),
    );
    await fixture.submit(...writes);
  }
  return fixture;
}

onEveryStore('Copying a table', (open) => {
  it('A copy contains every row with its exact types, in a table that it creates', async () => {
    const { tables, store, tableName } = await open();
    const [from, to] = [tableName('From'), tableName('To')];
    const fixture = await filled(store, from);
    await fixture.write('insert', 'p3', 'every type', EVERY_TYPE);
    await fixture.write('insert', 'p3', 'nothing');
    const report = await tables.tables.copy(from, to);
    expect(report).to.deep.equal({ read: 8, copied: 8, skipped: 0, failed: [] });
    const copied = await rowsOf(store, to);
    expect(copied).to.deep.equal(await rowsOf(store, from));
    expect(copied.find(({ rowKey }) => rowKey === 'every type')?.properties).to.deep.equal(EVERY_TYPE);
  });

  it('A copy of more than a page works from one data source to another', async () => {
    const { tables, store, tableName } = await open();
    const from = tableName('From');
    await filled(store, from, 100);
    const fixture = TableFixture.open(store, from);
    for (let batch = 0; batch < 10; batch++) {
      const keys = Array.from({ length: 100 }, (_, index) => `r${1000 + batch * 100 + index}`);
      await fixture.submit(...keys.map((key) => fixture.prepare('insert', 'p3', key, { n: 'Int32 1' })));
    }
    await using other = await DataSource.open('memory:');
    const report = await tables.tables.copy(from, { dataSource: other, table: 'Copied' });
    expect(report).to.deep.equal({ read: 1200, copied: 1200, skipped: 0, failed: [] });
    expect(await rowsOf(other.store, 'Copied')).to.deep.equal(await rowsOf(store, from));
    const back = await tables.tables.copy({ dataSource: other, table: 'Copied' }, tableName('Back'));
    expect(back).to.deep.equal({ read: 1200, copied: 1200, skipped: 0, failed: [] });
    expect(await rowsOf(store, tableName('Back'))).to.deep.equal(await rowsOf(store, from));
  });

  it('A copy reads the rows that match a filter on stored names, which the store evaluates', async () => {
    const { tables, store, tableName } = await open();
    const [from, to] = [tableName('From'), tableName('To')];
    await filled(store, from);
    const report = await tables.tables.copy(from, to, {
      filter: (property) =>
        property('PartitionKey')
          .in(['p1', 'p2', 'p9'])
          .and(property('n').ge({ type: 'Int32', value: 1 }))
          .and(property('d').lt({ type: 'Double', value: 2 })),
    });
    expect(report).to.deep.equal({ read: 2, copied: 2, skipped: 0, failed: [] });
    expect((await rowsOf(store, to)).map(({ partitionKey, rowKey }) => `${partitionKey} ${rowKey}`)).to.deep.equal([
      'p1 r1',
      'p2 r1',
    ]);
  });

  it('A copy requests only key ranges and a filter from the store', async () => {
    const { store, tableName } = await open();
    await filled(store, tableName('From'), 1);
    const { store: recorded, requests } = recordingStore(store);
    const tables = await DataSource.open(recorded);
    await tables.tables.copy(tableName('From'), tableName('To'), {
      filter: (property) =>
        property('PartitionKey')
          .eq('p1')
          .and(property('RowKey').ge('r0'), property('RowKey').lt('s'), property('d').ge({ type: 'Double', value: 0 })),
    });
    expect(requests.filter(({ kind }) => kind === 'scan')).to.deep.equal([
      {
        kind: 'scan',
        table: tableName('From'),
        request: {
          partitionKey: 'p1',
          rowKey: { from: { value: 'r0', inclusive: true }, to: { value: 's', inclusive: false } },
          filter: { kind: 'comparison', property: 'd', operator: 'ge', operand: { type: 'Double', value: 0 } },
          undeclared: true,
          pageSize: 1000,
          ahead: 1,
        },
      },
    ]);
  });

  it("A copy of a class filters by its properties, and uses its table's name in either data source", async () => {
    const { tables, tableName } = await open();
    const archive = tables.withTables((name) => tableName(`Archive${name}`));
    const orders = tables.repository(Order);
    for (const total of [1, 5, 10]) await orders.insert(order({ orderId: `o${total}`, total }));
    const to = { dataSource: archive, table: Order };
    expect(await tables.tables.copy(Order, to, { filter: (o) => o.total.gt(4) })).to.deep.include({ copied: 2 });
    expect((await archive.repository(Order).scan().toArray()).map(({ total }) => total)).to.have.members([5, 10]);
    const kept = filter(Order, (o) => o.total.lt(4));
    expect(await tables.tables.copy(Order, to, { filter: kept })).to.deep.include({ copied: 1 });
    expect(await archive.repository(Order).scan().count()).to.equal(3);
  });

  it('A copy can change rows, move them and leave some out', async () => {
    const { tables, store, tableName } = await open();
    const [from, to] = [tableName('From'), tableName('To')];
    const fixture = await filled(store, from, 2);
    await fixture.write('insert', 'p3', 'every type', EVERY_TYPE);
    const seen: StoredRow[] = [];
    const report = await tables.tables.copy(from, to, {
      transform: async (row) => {
        seen.push(row);
        if (row.partitionKey === 'p2') return undefined;
        const { n: _, ...properties } = row.properties;
        return {
          ...row,
          partitionKey: `new-${row.partitionKey}`,
          properties: { ...properties, added: { type: 'Int64', value: 5n } },
        };
      },
    });
    expect(report).to.deep.equal({ read: 5, copied: 3, skipped: 2, failed: [] });
    expect(await rowsOf(store, to)).to.deep.equal([
      { partitionKey: 'new-p1', rowKey: 'r0', properties: { d: 'Double 0.0', added: 'Int64 5' } },
      { partitionKey: 'new-p1', rowKey: 'r1', properties: { d: 'Double 1.0', added: 'Int64 5' } },
      { partitionKey: 'new-p3', rowKey: 'every type', properties: { ...EVERY_TYPE, added: 'Int64 5' } },
    ]);
    expect(seen.at(-1)?.timestamp).to.be.an.instanceof(Date);
    expect(seen.at(-1)?.properties).to.deep.equal({
      s: { type: 'String', value: 'it’s' },
      i: { type: 'Int32', value: -5 },
      d: { type: 'Double', value: 3 },
      special: { type: 'Double', value: NaN },
      b: { type: 'Boolean', value: false },
      l: { type: 'Int64', value: 9007199254740993n },
      t: { type: 'DateTime', value: new Date('2026-01-01T00:00:00.123Z'), ticks: 4567 },
      g: { type: 'Guid', value: Guid.parse('c9da6455-213d-42c9-9a79-3e9149a57833') },
      x: { type: 'Binary', value: Uint8Array.of(0x0a, 0xff) },
    });
  });

  describe('A copy to existing rows', () => {
    async function copied(existing?: 'replace' | 'merge' | 'keep' | 'refuse') {
      const { tables, store, tableName } = await open();
      const [from, to] = [tableName('From'), tableName('To')];
      await filled(store, from, 2);
      await store.createTable(to);
      const there = TableFixture.open(store, to);
      await there.write('insert', 'p1', 'r0', { own: 'String x', n: 'Int32 77' });
      const report = await tables.tables.copy(from, to, { existing, onError: 'collect' });
      return { report, row: await there.get('p1', 'r0'), rows: (await rowsOf(store, to)).length };
    }

    it('A copy replaces existing rows by default', async () => {
      expect(await copied()).to.deep.equal({
        report: { read: 4, copied: 4, skipped: 0, failed: [] },
        row: { n: 'Int32 0', d: 'Double 0.0' },
        rows: 4,
      });
    });

    it("A copy with existing: 'merge' merges into existing rows", async () => {
      expect(await copied('merge')).to.deep.equal({
        report: { read: 4, copied: 4, skipped: 0, failed: [] },
        row: { own: 'String x', n: 'Int32 0', d: 'Double 0.0' },
        rows: 4,
      });
    });

    it("A copy with existing: 'keep' keeps existing rows and counts them as skipped", async () => {
      expect(await copied('keep')).to.deep.equal({
        report: { read: 4, copied: 3, skipped: 1, failed: [] },
        row: { own: 'String x', n: 'Int32 77' },
        rows: 4,
      });
    });

    it("A copy with existing: 'refuse' reports each existing row as failed", async () => {
      const { report, row, rows } = await copied('refuse');
      const failure = report.failed[0]!;
      expect({ ...report, failed: report.failed.length }).to.deep.equal({ read: 4, copied: 3, skipped: 0, failed: 1 });
      expect({ ...failure, error: (failure.error as EntitableErrorOf<'store.already-exists'>).code }).to.deep.equal({
        index: 0,
        item: {
          partitionKey: 'p1',
          rowKey: 'r0',
          timestamp: failure.item.timestamp,
          properties: { n: { type: 'Int32', value: 0 }, d: { type: 'Double', value: 0 } },
        },
        error: 'store.already-exists',
      });
      expect({ row, rows }).to.deep.equal({ row: { own: 'String x', n: 'Int32 77' }, rows: 4 });
    });
  });

  it('A copy reports progress that accounts for every row', async () => {
    const { tables, store, tableName } = await open();
    const [from, to] = [tableName('From'), tableName('To')];
    await filled(store, from, 100);
    const seen: CopyProgress[] = [];
    await tables.tables.copy(from, to, {
      transform: (row) => (row.rowKey === 'r0' ? undefined : row),
      onProgress: (progress) => seen.push(progress),
    });
    const { ratePerSecond, ...last } = seen.at(-1)!;
    expect(last).to.deep.equal({ read: 200, copied: 198, skipped: 2, failed: 0 });
    expect(ratePerSecond).to.be.a('number');
    expect(seen.length).to.equal(2);
  });

  it('A copy stops at a row that cannot be written, and the error contains the progress', async () => {
    const { tables, store, tableName } = await open();
    const [from, to] = [tableName('From'), tableName('To')];
    await filled(store, from, 2);
    const error = (await rejection(
      tables.tables.copy(from, to, {
        transform: (row) => ({ ...row, properties: { 'not-a-name': { type: 'Int32', value: 1 } } }),
      }),
    )) as EntitableErrorOf<'commit.bulk-stopped'>;
    expect(error.code).to.equal('commit.bulk-stopped');
    expect(error.cause).to.include({
      code: 'validation.invalid-option',
      message:
        'transform gives a row { partitionKey, rowKey, properties } with properties { type, value }, or undefined, not a property ' +
        '"not-a-name" in ("p1", "r0"): a stored name is letters, digits and _, and does not begin with a digit.',
    });
  });

  it("A copy with onError: 'collect' continues after rows that cannot be written", async () => {
    const { tables, store, tableName } = await open();
    const [from, to] = [tableName('From'), tableName('To')];
    await filled(store, from, 2);
    const { failed, ...counts } = await tables.tables.copy(from, to, {
      transform: (row) => (row.rowKey === 'r0' ? { ...row, rowKey: 'a/b' } : row),
      onError: 'collect',
    });
    expect(counts).to.deep.equal({ read: 4, copied: 2, skipped: 0 });
    expect(
      failed.map(({ index, item, error }) => [index, item.partitionKey, item.rowKey, (error as { code: string }).code]),
    ).to.deep.equal([
      [0, 'p1', 'a/b', 'key.forbidden-character'],
      [2, 'p2', 'a/b', 'key.forbidden-character'],
    ]);
  });

  it('A copy sends no row that the store would reject', async () => {
    const { store, tableName } = await open();
    const [from, to] = [tableName('From'), tableName('To')];
    await filled(store, from, 1);
    const { store: recorded, requests } = recordingStore(store);
    const tables = await DataSource.open(recorded, { ensureTables: 'never' });
    const texts = (count: number, length: number): StoredRow['properties'] =>
      Object.fromEntries(
        Array.from({ length: count }, (_, n) => [`p${n}`, { type: 'String', value: 'x'.repeat(length) }]),
      );
    const changes: readonly (readonly [code: string, change: Partial<StoredRow>])[] = [
      ['key.forbidden-character', { rowKey: 'a/b' }],
      ['key.forbidden-character', { partitionKey: '\u0085' }],
      ['key.too-long', { partitionKey: 'x'.repeat(513) }],
      ['validation.too-long', { properties: texts(1, 32 * 1024 + 1) }],
      ['validation.too-long', { properties: { x: { type: 'Binary', value: new Uint8Array(64 * 1024 + 1) } } }],
      ['validation.too-many-properties', { properties: texts(253, 0) }],
      ['validation.entity-too-large', { properties: texts(16, 32 * 1024) }],
    ];
    for (const [code, change] of changes) {
      const error = await rejection(tables.tables.copy(from, to, { transform: (row) => ({ ...row, ...change }) }));
      expect((error as Error).cause).to.have.property('code', code);
    }
    expect(new Set(requestNames(requests))).to.deep.equal(new Set(['scan']));
  });

  it('A copy that is stopped by its signal accounts for every row', async () => {
    const { tables, store, tableName } = await open();
    const [from, to] = [tableName('From'), tableName('To')];
    await filled(store, from, 100);
    const stop = new AbortController();
    let rows = 0;
    const error = (await rejection(
      tables.tables.copy(from, to, {
        signal: stop.signal,
        transform: (row) => {
          if (++rows === 150) stop.abort();
          return row;
        },
      }),
    )) as EntitableErrorOf<'commit.bulk-stopped'>;
    expect(error.code).to.equal('commit.bulk-stopped');
    const { read, written, failed, pending } = error.details;
    expect(read).to.equal(written + failed.length + pending.length);
  });

  it('The timeout of a copy applies to each request, and not to transform', async () => {
    const { store, tableName } = await open();
    const [from, to] = [tableName('From'), tableName('To')];
    await filled(store, from, 100);
    const paged = await DataSource.open(store, { limits: { pageRows: 25 }, retry: { maxRetries: 0 } });
    let rows = 0;
    const transform = async (row: StoredRow): Promise<StoredRow> => {
      if (++rows % 25 === 0) await wait(200);
      return row;
    };
    expect(await paged.tables.copy(from, to, { timeout: 1000, transform })).to.include({ read: 200, copied: 200 });
  });

  it('A copy rejects a transform that changes the row itself but returns nothing, because the row would be lost silently', async () => {
    const { tables, store, tableName } = await open();
    const [from, to] = [tableName('From'), tableName('To')];
    await filled(store, from, 2);
    const expected = 'a row { partitionKey, rowKey, properties } with properties { type, value }, or undefined';
    const found = 'undefined for a row that it has changed: return the row';
    const changes: readonly ((row: { rowKey: string; properties: Record<string, unknown> }) => undefined)[] = [
      (row) => void (row.rowKey += 'x'),
      (row) => void (row.properties['more'] = { type: 'Int32', value: 1 }),
    ];
    for (const transform of changes) {
      const error = (await rejection(
        tables.tables.copy(from, to, { transform }),
      )) as EntitableErrorOf<'commit.bulk-stopped'>;
      expect(error.code).to.equal('commit.bulk-stopped');
      expect(error.cause).to.deep.include({
        code: 'validation.invalid-option',
        message: `transform gives ${expected}, not ${found}.`,
        details: { option: 'transform', expected, found },
      });
    }
  });

  it('A copy stops if transform throws', async () => {
    const { tables, store, tableName } = await open();
    const [from, to] = [tableName('From'), tableName('To')];
    await filled(store, from, 2);
    const thrown = new Error('mine');
    const fail = (): never => {
      throw thrown;
    };
    const error = await rejection(tables.tables.copy(from, to, { transform: fail }));
    expect(error).to.include({ code: 'commit.bulk-stopped', cause: thrown });
  });

  it('A copy of a missing table fails and creates nothing', async () => {
    const { tables, tableName } = await open();
    const error = await rejection(tables.tables.copy(tableName('Nowhere'), tableName('To')));
    expect(error).to.have.property('code', 'store.table-not-found');
    expect(await tables.tables.exists(tableName('To'))).to.equal(false);
  });

  it('A copy of an empty table creates an empty table', async () => {
    const { tables, tableName } = await open();
    await tables.tables.create(tableName('From'));
    const report = await tables.tables.copy(tableName('From'), tableName('To'));
    expect(report).to.deep.equal({ read: 0, copied: 0, skipped: 0, failed: [] });
    expect(await tables.tables.exists(tableName('To'))).to.equal(true);
  });

  it("A copy creates no table for a data source with ensureTables: 'never'", async () => {
    const { tables, store, tableName } = await open({ ensureTables: 'never' });
    await filled(store, tableName('From'), 1);
    const error = await rejection(tables.tables.copy(tableName('From'), tableName('To')));
    expect(error).to.have.property('code', 'commit.bulk-stopped');
    expect(error).to.have.nested.property('cause.code', 'store.table-not-found');
    expect(await tables.tables.exists(tableName('To'))).to.equal(false);
  });

  it('A copy with invalid options is rejected before a request is sent', async () => {
    const { store, tableName } = await open();
    const { store: recorded, requests } = recordingStore(store);
    const tables = await DataSource.open(recorded, { tableName });
    const { tables: admin } = tables;
    const codes: Record<string, unknown> = {};
    const cases: Readonly<Record<string, () => Promise<unknown>>> = {
      'a bad name': () => admin.copy('a-b', 'Other'),
      'no table': () => admin.copy('From', undefined as never),
      'no data source': () => admin.copy('From', { dataSource: {} as never, table: 'Other' }),
      'no entity class': () => admin.copy(class {}, 'Other'),
      'onto itself': () => admin.copy('From', 'From'),
      'onto itself, by its class': () => admin.copy(tableName('Orders'), Order),
      'a bad mode': () => admin.copy('From', 'Other', { existing: 'x' as never }),
      'a bad timeout': () => admin.copy('From', 'Other', { timeout: -1 }),
      'a bad concurrency': () => admin.copy('From', 'Other', { concurrency: 0 }),
      'a bad error policy': () => admin.copy('From', 'Other', { onError: 'x' as never }),
      'a filter that is none': () => admin.copy('From', 'Other', { filter: 5 as never }),
      // @ts-expect-error a number needs its type
      'a number without its type': () => admin.copy('From', 'Other', { filter: (p) => p('n').eq(5) }),
      'a name that is none': () => admin.copy('From', 'Other', { filter: (p) => p('n eq 1 or m').eq('x') }),
      'a property the class does not have': () =>
        admin.copy(Order, 'Other', { filter: (o) => (o as unknown as { readonly nope: typeof o.total }).nope.eq(5) }),
      'order where there is none': () => admin.copy('From', 'Other', { filter: (p) => p('b').gt(true) }),
      'presence without a type': () =>
        admin.copy('From', 'Other', {
          filter: (p) => (p('b') as unknown as typeof p & { isPresent(): never }).isPresent(),
        }),
      'too much': () =>
        admin.copy('From', 'Other', {
          filter: (p) =>
            Array.from({ length: 15 }, (_, n) => p(`n${n}`).eq('x')).reduce((all, one) =>
              all.or(one.and(p('m').eq('y'))),
            ),
        }),
    };
    for (const [what, run] of Object.entries(cases)) {
      codes[what] = ((await rejection(run())) as { readonly code: string }).code;
    }
    expect(codes).to.deep.equal({
      'a bad name': 'validation.invalid-option',
      'no table': 'validation.invalid-option',
      'no data source': 'validation.invalid-option',
      'no entity class': 'metadata.not-an-entity',
      'onto itself': 'validation.invalid-option',
      'onto itself, by its class': 'validation.invalid-option',
      'a bad mode': 'validation.invalid-option',
      'a bad timeout': 'validation.invalid-option',
      'a bad concurrency': 'validation.invalid-option',
      'a bad error policy': 'validation.invalid-option',
      'a filter that is none': 'query.invalid-filter',
      'a number without its type': 'query.invalid-operand',
      'a name that is none': 'query.unknown-property',
      'a property the class does not have': 'query.unknown-property',
      'order where there is none': 'query.not-comparable',
      'presence without a type': 'query.not-comparable',
      'too much': 'query.too-many-comparisons',
    });
    expect(requests).to.deep.equal([]);
  });

  it('A copy of a class contains only the rows that the class can have', async () => {
    const { tables, store, tableName } = await open();
    const lines = await filled(store, tableName('Orders'));
    await lines.write('insert', 'p1', 'line|1', { text: 'String x' });
    const report = await tables.tables.copy(OrderLine, tableName('Lines'));
    expect(report).to.deep.equal({ read: 1, copied: 1, skipped: 0, failed: [] });
    expect(await rowsOf(store, tableName('Lines'))).to.deep.equal([
      { partitionKey: 'p1', rowKey: 'line|1', properties: { text: 'String x' } },
    ]);
  });
});

describe('A copy to a store with lower limits', () => {
  it('A copy to a store with lower limits reports the rows that it cannot store, and copies the others', async () => {
    await using source = await DataSource.open('memory:');
    await using target = await DataSource.open('memory:', { limits: 'cosmos' });
    await source.tables.create('Rows');
    const rows = TableFixture.open(source.store, 'Rows');
    await rows.submit(
      rows.prepare('insert', 'p', 'a', { n: 'Int32 1' }),
      rows.prepare('insert', 'p', 'b'.repeat(256), { n: 'Int32 1' }),
      rows.prepare('insert', 'p', 'c', { ID: 'Int32 1' }),
    );
    const to = { dataSource: target, table: 'Rows' };
    const { failed, ...counts } = await source.tables.copy('Rows', to, { onError: 'collect' });
    expect(counts).to.deep.equal({ read: 3, copied: 1, skipped: 0 });
    expect(failed.map(({ item, error }) => [item.rowKey[0], (error as { code: string }).code])).to.deep.equal([
      ['b', 'key.too-long'],
      ['c', 'validation.unknown-property'],
    ]);
  });
});

describe('A copy of an empty table', () => {
  it('A copy of an empty table needs no permission to create tables', async () => {
    await using source = await DataSource.open('memory:');
    await source.tables.create('Empty');
    const service = new CannedService(() => ({ status: 403 }));
    const target = await DataSource.open({ endpoint: ENDPOINT, credential: KEY }, { httpClient: service });
    const report = await source.tables.copy('Empty', { dataSource: target, table: 'Empty' });
    expect(report).to.deep.equal({ read: 0, copied: 0, skipped: 0, failed: [] });
  });
});

describe('A copy to a slow store', () => {
  it('A copy to a slow store reads only as many rows as it may buffer', async () => {
    const ROWS = 24_000;
    await using source = await DataSource.open('memory:');
    await source.tables.create('Full');
    const fixture = TableFixture.open(source.store, 'Full');
    for (let batch = 0; batch < ROWS / 100; batch++) {
      const keys = Array.from({ length: 100 }, (_, index) => `${batch} ${index}`);
      await fixture.submit(...keys.map((key) => fixture.prepare('insert', `p${batch}`, key)));
    }
    const stop = new AbortController();
    const stuck = new Promise<never>((_, reject) =>
      stop.signal.addEventListener('abort', () => reject(new Error('over'))),
    );
    stuck.catch(() => undefined);
    const target = await DataSource.open({ ...recordingStore(memoryStore()).store, submit: () => stuck });
    let read = 0;
    const copied = source.tables.copy(
      'Full',
      { dataSource: target, table: 'Copy' },
      {
        signal: stop.signal,
        transform: (row) => {
          read++;
          return row;
        },
      },
    );
    const stopped = rejection(copied);
    while (read < 20_000) await wait(20);
    await wait(200);
    expect(read).to.equal(20_000);
    stop.abort();
    expect(await stopped).to.have.property('code', 'commit.bulk-stopped');
  });
});
