import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { parseDateTime } from '../../../src/edm/date-time.js';
import { comparison } from '../../../src/store/filter-node.js';
import { STORAGE_LIMITS } from '../../../src/store/limits.js';
import { EmbeddedStore } from '../../../src/stores/embedded/embedded-store.js';
import { EXAMINED_ROWS } from '../../../src/stores/embedded/scan-page.js';
import { MemoryRows } from '../../../src/stores/memory/memory-rows.js';
import { memoryStore } from '../../../src/stores/memory/memory-store.js';
import { refusal, SHAPE, TableFixture } from '../../../src/testing/conformance/table-fixture.js';

describe('The embedded store', () => {
  it('The embedded store gives strictly increasing timestamps even if its clock stops or goes back', async () => {
    let now = Date.UTC(2026, 0, 1);
    const t = await TableFixture.create(memoryStore({ clock: () => now }));
    const timestamps: string[] = [];
    for (const step of [0, 0, 5, -86_400_000, 0, 10]) {
      now += step;
      await t.write('upsert-replace', 'p', 'r');
      timestamps.push((await t.timestamp('p', 'r'))!);
    }
    expect(timestamps).to.deep.equal([
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00.0000001Z',
      '2026-01-01T00:00:00.005Z',
      '2026-01-01T00:00:00.0050001Z',
      '2026-01-01T00:00:00.0050002Z',
      '2026-01-01T00:00:00.0050003Z',
    ]);
  });

  it('The embedded store continues in the next millisecond after 10,000 writes in one', async () => {
    const t = await TableFixture.create(memoryStore({ clock: () => 0 }));
    await Promise.all(Array.from({ length: 10_001 }, () => t.write('upsert-replace', 'p', 'r')));
    expect(parseDateTime((await t.timestamp('p', 'r'))!)).to.deep.equal({ milliseconds: 1, ticks: 0 });
  });

  it('The embedded store gives all rows of a transaction the same timestamp', async () => {
    const t = await TableFixture.create(memoryStore());
    const receipts = await t.submit(t.prepare('insert', 'p', 'a'), t.prepare('insert', 'p', 'b'));
    expect(receipts[0]).to.deep.equal(receipts[1]);
  });

  it('The embedded store accepts a prepared write again, and does not change the row that the write stored before', async () => {
    const rows = new MemoryRows();
    const clock = (): number => 0;
    const t = await TableFixture.create(new EmbeddedStore(rows, { kind: 'memory', identity: 'test', clock }));
    const write = t.prepare('upsert-replace', 'p', 'r', { i: 'Int32 1' });
    const stored: { readonly bytes: Buffer; readonly text: string }[] = [];
    for (let time = 0; time < 3; time++) {
      await t.submit(write);
      const { bytes } = rows.get(1, 'p', 'r')!;
      stored.push({ bytes, text: bytes.toString('hex') });
    }
    expect(stored.map(({ bytes }) => bytes.toString('hex'))).to.deep.equal(stored.map(({ text }) => text));
    expect(new Set(stored.map(({ text }) => text)).size).to.equal(3);
  });

  it('The embedded store stores layouts inside the rows when their numbers have run out', async () => {
    const rows = new MemoryRows();
    const settings = { kind: 'memory', identity: 'test' };
    const t = await TableFixture.create(new EmbeddedStore(rows, { ...settings, numberedLayouts: 2 }));
    const written = [
      { i: 'Int32 1' },
      { s: 'String é' },
      { d: 'Double 1.5', other: 'Int64 5' },
      { x: 'Binary 00ff' },
    ] as const;
    await t.submit(...written.map((properties, index) => t.prepare('insert', 'p', String(index), properties)));
    await t.write('merge', 'p', '0', { s: 'String b' });
    const other = new EmbeddedStore(rows, settings).rows(t.table, SHAPE);
    expect(await Promise.all(['0', '1', '2', '3'].map((rowKey) => t.get('p', rowKey)))).to.deep.equal([
      { i: 'Int32 1', s: 'String b' },
      ...written.slice(1),
    ]);
    expect(
      await other.get('p', '2', (row) => [row.number(2), [...row.undeclared()]], { undeclared: true }),
    ).to.deep.equal([1.5, [['other', { type: 'Int64', text: '5' }]]]);
  });

  it('The embedded store shares rows with another store on the same ordered rows, and reads its layouts', async () => {
    const rows = new MemoryRows();
    const [one, other] = [
      new EmbeddedStore(rows, { kind: 'a', identity: 'a' }),
      new EmbeddedStore(rows, { kind: 'b', identity: 'b' }),
    ];
    await one.createTable('Orders');
    for (const [index, store] of [one, other, one, other].entries()) {
      const prepared = store.rows('Orders', SHAPE).prepare({
        mode: 'insert',
        partitionKey: 'p',
        rowKey: String(index),
        write: (writer) => writer.undeclared(`p${index % 3}`, { type: 'Int32', text: String(index) }),
      });
      await store.submit('Orders', [prepared]);
    }
    const expected = [0, 1, 2, 3].map((index) => [[`p${index % 3}`, { type: 'Int32', text: String(index) }]]);
    for (const store of [one, other]) {
      const found: unknown[] = [];
      for await (const page of store.rows('Orders', SHAPE).scan({ undeclared: true }, (row) => [...row.undeclared()]))
        found.push(...page.rows);
      expect(found).to.deep.equal(expected);
    }
  });

  it('The embedded store ends a page that examines many rows and finds few, and continues after it', async () => {
    const t = await TableFixture.create(memoryStore());
    const count = EXAMINED_ROWS + 1;
    for (let at = 0; at < count; at += 100) {
      const size = Math.min(100, count - at);
      await t.submit(
        ...Array.from({ length: size }, (_, i) =>
          t.prepare('insert', 'p', String(at + i).padStart(6, '0'), { i: 'Int32 1' }),
        ),
      );
    }
    const filter = comparison('i', 'eq', { type: 'Int32', value: 2 });
    expect(await t.pages({ filter })).to.deep.equal([
      [[], true],
      [[], false],
    ]);
  });

  it('The embedded store applies a timeout to each page of a scan, and not to the time between pages', async () => {
    const t = await TableFixture.create(memoryStore());
    await t.submit(t.prepare('insert', 'p', 'a'), t.prepare('insert', 'p', 'b'));
    const pages = t.rows.scan({ pageSize: 1 }, () => 0, { timeout: 50 })[Symbol.asyncIterator]();
    expect((await pages.next()).done).to.equal(false);
    await setTimeout(60);
    expect((await pages.next()).done).to.equal(false);
    const late = t.rows.scan({}, () => 0, { timeout: 0 })[Symbol.asyncIterator]();
    expect(await refusal(late.next())).to.deep.equal({ code: 'store.timeout' });
    expect(await refusal(t.rows.get('p', 'a', () => 0, {}, { timeout: 0 }))).to.deep.equal({ code: 'store.timeout' });
  });

  it('The embedded store rejects every operation after it was disposed of', async () => {
    const store = memoryStore();
    const t = await TableFixture.create(store);
    await t.submit(t.prepare('insert', 'p', 'a'), t.prepare('insert', 'p', 'b'));
    const write = t.prepare('insert', 'p', 'c');
    const pages = t.rows.scan({ pageSize: 1 }, () => 0)[Symbol.asyncIterator]();
    await pages.next();
    await store[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    const operations = [
      () => pages.next(),
      () => t.get('p', 'a'),
      () => t.keys(),
      () => t.submit(write),
      () => store.createTable('Orders'),
      () => store.deleteTable('Orders'),
      () => store.tables(),
    ];
    for (const operation of operations) expect(await refusal(operation())).to.deep.equal({ code: 'store.closed' });
  });

  it('The embedded store lists tables page by page if there are more than fit in one', async () => {
    const store = memoryStore({ limits: { ...STORAGE_LIMITS, pageRows: 2 } });
    for (const name of ['aaaa', 'AAAB', 'aaac', 'bbbb', 'aaad', 'aaae']) await store.createTable(name);
    const pages: (readonly string[])[] = [];
    let continuation: string | undefined;
    do {
      const page = await store.tables({ prefix: 'AA', ...(continuation === undefined ? {} : { continuation }) });
      pages.push(page.rows);
      ({ continuation } = page);
    } while (continuation !== undefined);
    expect(pages).to.deep.equal([['aaaa', 'AAAB'], ['aaac', 'aaad'], ['aaae']]);
  });

  for (const continuation of [
    '',
    'x',
    '!!',
    Buffer.from('[1]').toString('base64url'),
    Buffer.from('{}').toString('base64url'),
  ]) {
    it(`The embedded store refuses the continuation ${JSON.stringify(continuation)}`, async () => {
      const t = await TableFixture.create(memoryStore());
      const rejected = { code: 'store.rejected', status: 400, serviceCode: 'InvalidInput' };
      expect(await refusal(t.keys({ continuation }))).to.deep.equal(rejected);
      expect(await refusal(t.store.tables({ continuation }))).to.deep.equal(rejected);
    });
  }

  it('The embedded store refuses a continuation of another partition', async () => {
    const t = await TableFixture.create(memoryStore());
    await t.submit(t.prepare('insert', 'p', 'a'), t.prepare('insert', 'p', 'b'));
    for await (const { continuation } of t.rows.scan({ pageSize: 1 }, () => 0)) {
      expect(await refusal(t.keys({ partitionKey: 'q', continuation: continuation! }))).to.include({
        code: 'store.rejected',
      });
      break;
    }
  });

  it('The embedded store stays within the bounds of a request whatever its continuation', async () => {
    const t = await TableFixture.create(memoryStore());
    for (const p of ['p', 'q', 'r']) await t.submit(...['a', 'b', 'c'].map((r) => t.prepare('insert', p, r)));
    for await (const { continuation } of t.rows.scan({ pageSize: 1 }, () => 0)) {
      const from = { value: 'q', inclusive: true };
      const rowKey = { from: { value: 'b', inclusive: false } };
      expect(await t.keyPairs({ partitionKey: { from }, rowKey, continuation: continuation! })).to.deep.equal([
        ['q', 'c'],
        ['r', 'c'],
      ]);
      break;
    }
    for await (const { continuation } of t.rows.scan({ partitionKey: 'p', pageSize: 1 }, () => 0)) {
      const rowKey = { from: { value: 'c', inclusive: true } };
      expect(await t.keys({ partitionKey: 'p', rowKey, continuation: continuation! })).to.deep.equal(['c']);
      break;
    }
  });

  it('The embedded store ends a page that skips many partitions, and continues after it', async () => {
    const t = await TableFixture.create(memoryStore());
    const count = EXAMINED_ROWS + 2;
    const rowKeys = (index: number): string => (index === count - 1 ? 'b' : 'a');
    await Promise.all(
      Array.from({ length: count }, (_, i) => t.write('insert', String(i).padStart(6, '0'), rowKeys(i))),
    );
    const pages = await t.pages({ rowKey: { from: { value: 'b', inclusive: true } } });
    expect(pages).to.deep.equal([
      [[], true],
      [['b'], false],
    ]);
  });

  it('The embedded store refuses writes that were prepared for another table or store', async () => {
    const t = await TableFixture.create(memoryStore());
    const other = await TableFixture.create(memoryStore());
    expect(await refusal(t.submit(other.prepare('insert', 'p', 'r')))).to.include({ code: 'store.rejected' });
  });

  it('The embedded store accepts an empty list of writes', async () => {
    const t = await TableFixture.create(memoryStore());
    expect(await t.submit()).to.deep.equal([]);
  });

  it('The embedded store allows reads and writes within a decoder', async () => {
    const t = await TableFixture.create(memoryStore());
    await t.submit(t.prepare('insert', 'p', 'a', { i: 'Int32 1' }), t.prepare('insert', 'p', 'b', { i: 'Int32 2' }));
    const inner: Promise<unknown>[] = [];
    const found: number[] = [];
    for await (const page of t.rows.scan({}, (row) => {
      inner.push(t.rows.get('p', 'b', (again) => again.number(1)));
      inner.push(t.write('upsert-merge', 'p', `a${row.string(-2)}`));
      return row.number(1);
    })) {
      found.push(...page.rows);
    }
    expect(found).to.deep.equal([1, 2]);
    expect((await Promise.all(inner))[0]).to.equal(2);
    expect(await t.keys()).to.deep.equal(['a', 'aa', 'ab', 'b']);
  });
});
