import { inspect } from 'node:util';
import { expect } from 'chai';
import { DataSource, EntitableError } from 'entitable';
import { KeyValueStore } from 'entitable/key-value';
import { onEveryStore, rejection, type Open } from '../../support/every-store.js';

const collectionOf = async (open: Open, collection = 'settings'): ReturnType<typeof settings> =>
  settings(await open(), collection);
const settings = async ({ tables, tableName }: Awaited<ReturnType<Open>>, collection: string) =>
  Promise.resolve(new KeyValueStore(tables, { tableName }).collection(collection));

const VALUES: Readonly<Record<string, unknown>> = {
  object: { a: 1, nested: { b: [true, null, 'x'] }, constructor: 'c', ['__proto__']: 'p' },
  array: [1, 'two', { three: 3 }],
  text: 'Größe 漢字 😀',
  empty: '',
  number: -1.5e300,
  truth: false,
  null: null,
  // ASCII, because the emulator measures and truncates long texts in bytes of UTF-8.
  long: { text: 'abcd'.repeat(30_000) },
};

const KEYS = [
  '',
  'plain',
  'a/b\\c#d?e',
  '~',
  '~41',
  '\u0000\u001f\u007f\u009f',
  '漢字 😀',
  '\ud800',
  '\uffff',
  "it's",
  '%41',
  '__proto__',
];

onEveryStore('A key-value collection', (open) => {
  it('A key-value collection stores JSON values of any shape and spreads long ones over several properties', async () => {
    const collection = await collectionOf(open);
    await collection.putAll(Object.entries(VALUES));
    for (const [key, value] of Object.entries(VALUES)) expect(await collection.get(key)).to.deep.equal(value);
    expect(await collection.getAll()).to.deep.equal(VALUES);
  });

  it('A key-value collection accepts keys with any characters', async () => {
    const collection = await collectionOf(open);
    for (const key of KEYS) await collection.put(key, { key });
    for (const key of KEYS) expect(await collection.get(key)).to.deep.equal({ key });
    expect(new Set(Object.keys(await collection.getAll()))).to.deep.equal(new Set(KEYS));
    for (const key of KEYS) expect(await collection.delete(key)).to.be.true;
    expect(await collection.getAll()).to.deep.equal({});
  });

  it('A key-value collection returns nothing for missing keys and creates no table by reading', async () => {
    const collection = await collectionOf(open);
    expect(await collection.get('a')).to.equal(undefined);
    expect(await collection.delete('a')).to.be.false;
    expect(await collection.getAll()).to.deep.equal({});
    await collection.put('a', 1);
    expect(await collection.delete('b')).to.be.false;
  });

  it('A key-value collection replaces the whole value of a key', async () => {
    const collection = await collectionOf(open);
    await collection.put('a', 'x'.repeat(100_000));
    await collection.put('a', 'y');
    expect(await collection.get('a')).to.equal('y');
  });

  it('A key-value collection returns only selected members, and only keys with a prefix', async () => {
    const collection = await collectionOf(open);
    await collection.putAll(['a/1', 'a/2', 'a', 'b'].map((key) => [key, { key, other: 1 }]));
    expect(await collection.get('a/1', { select: ['key'] })).to.deep.equal({ key: 'a/1' });
    await collection.put('list', ['no members']);
    expect(await collection.get('list', { select: ['key'] })).to.deep.equal(['no members']);
    const found: unknown[] = [];
    for await (const pair of collection.query({ prefix: 'a/', select: ['other'] })) found.push(pair);
    expect(found).to.deep.equal([
      ['a/1', { other: 1 }],
      ['a/2', { other: 1 }],
    ]);
  });

  for (const format of ['json', 'azure-kv-store'] as const) {
    it(`A key-value collection finds every key with a prefix, including the last Unicode characters, in the format ${format}`, async () => {
      const { tables, tableName } = await open();
      const collection = new KeyValueStore(tables, { tableName, format }).collection('prefixes');
      const parts = ['a', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{1ffff}', '\u{10ffff}'];
      const keys = ['b', ...parts, ...parts.flatMap((first) => parts.map((second) => `${first}${second}`))];
      await collection.putAll(keys.map((key) => [key, { v: 1 }] as const));
      for (const prefix of keys) {
        const found: string[] = [];
        for await (const [key] of collection.query({ prefix })) found.push(key);
        expect(found, JSON.stringify(prefix)).to.have.members(keys.filter((key) => key.startsWith(prefix)));
      }
    });
  }

  it('A key-value collection treats half a surrogate pair as a prefix of the whole character', async () => {
    const collection = await collectionOf(open);
    await collection.putAll(['a😀', 'a\ud83d', 'a\ud83dx', 'a', 'b'].map((key) => [key, { key }] as const));
    const found: unknown[] = [];
    for await (const [key] of collection.query({ prefix: 'a\ud83d' })) found.push(key);
    expect(found).to.have.members(['a😀', 'a\ud83d', 'a\ud83dx']);
  });

  it('A key-value collection writes many pairs in transactions, and the last pair of a key wins', async () => {
    const collection = await collectionOf(open);
    async function* pairs(): AsyncGenerator<[string, number]> {
      for (let n = 0; n < 250; n++) yield await Promise.resolve<[string, number]>([`k${n % 240}`, n]);
    }
    await collection.putAll(pairs());
    const all = await collection.getAll();
    expect([Object.keys(all).length, all['k3'], all['k100']]).to.deep.equal([240, 243, 100]);
    await collection.putAll(
      Array.from({ length: 9 }, (_, n) => [`large${n}`, 'x'.repeat(400_000)]),
      { batchSize: 50 },
    );
    expect(await collection.get('large8')).to.have.length(400_000);
  });

  it('A key-value collection refuses values and keys that exceed an entity before anything is sent', async () => {
    const collection = await collectionOf(open);
    const codes: Readonly<Record<string, () => Promise<unknown>>> = {
      'key.too-long': () => collection.get('k'.repeat(513)),
      'validation.entity-too-large': () => collection.put('a', 'x'.repeat(600_000)),
      'validation.wrong-type': () => collection.put('a', undefined),
      'validation.converter-failed': () => collection.put('a', 1n),
      'validation.invalid-option': () => collection.putAll([], { batchSize: 101 }),
    };
    for (const [code, act] of Object.entries(codes)) {
      const error = await rejection(act());
      expect(EntitableError.is(error) && error.code).to.equal(code);
    }
  });

  it('A key-value collection reports a row that another program has written, without its values', async () => {
    const { tables, store, tableName } = await open();
    const other = new KeyValueStore(tables, { format: 'azure-kv-store' });
    await other.put('foreign', { a: 1 }, 'settings');
    const rows = store.rows(tableName('settings'), { properties: [] });
    const write = (rowKey: string, pieces: Readonly<Record<string, string>>) =>
      rows.prepare({
        mode: 'insert',
        partitionKey: 'default',
        rowKey,
        write: (writer) => {
          for (const [name, text] of Object.entries(pieces)) writer.undeclared(name, { type: 'String', text });
        },
      });
    await store.submit(tableName('settings'), [
      write('cut', { json_1: '{"secret' }),
      write('gap', { json_1: '{"secret":', json_3: '1}' }),
      write('far', { json_1: '1', json_4294967294: '1' }),
    ]);
    const collection = new KeyValueStore(tables).collection('settings');
    for (const key of ['foreign', 'cut', 'gap', 'far']) {
      const error = await rejection(collection.get(key));
      expect(EntitableError.is(error, 'entity.unreadable') && error.details.rowKey).to.equal(key);
      expect(inspect(error)).not.to.include('secret');
    }
    expect(await rejection(collection.getAll())).to.have.property('code', 'entity.unreadable');
    expect(await other.get('far', 'settings')).to.deep.equal({ json_1: 1, json_4294967294: 1 });
  });

  it('A key-value collection refuses arguments of the wrong type', async () => {
    const opened = await open();
    const collection = await settings(opened, 'settings');
    const codes: readonly (readonly [code: string, act: () => Promise<unknown>])[] = [
      ['key.wrong-type', () => collection.put(5 as never, 1)],
      ['key.wrong-type', () => collection.get(undefined as never)],
      ['key.wrong-type', () => collection.delete(null as never)],
      ['validation.invalid-option', () => collection.putAll({ a: 1 } as never)],
      ['validation.invalid-option', () => collection.putAll(['ab'] as never)],
      ['validation.invalid-option', () => collection.get('a', { select: 'b' as never })],
      ['validation.invalid-option', () => collection.query({ select: 'b' as never }).next()],
      ['validation.invalid-option', () => collection.query({ prefix: 5 as never }).next()],
      ['validation.invalid-option', () => collection.query({ where: null as never }).next()],
      ['validation.invalid-option', () => new KeyValueStore(opened.tables).put('a', {}, 5 as never)],
      ['validation.invalid-option', () => new KeyValueStore(opened.tables, { tableName: () => '1' }).get('a')],
    ];
    for (const [code, act] of codes) expect(await rejection(act())).to.have.property('code', code);
  });

  it('A key-value store refuses an invalid partition key and an unknown format in its constructor', async () => {
    const { tables } = await open();
    for (const options of [
      { partitionKey: 'a/b' },
      { partitionKey: '\ud800' },
      { partitionKey: 'x'.repeat(513) },
      { partitionKey: 5 as never },
      { format: 'xml' as never },
      { tableName: 'settings' as never },
    ]) {
      expect(() => new KeyValueStore(tables, options))
        .to.throw(EntitableError)
        .with.property('code', 'validation.invalid-option');
    }
  });
});

describe('A key-value store', () => {
  it('A key-value store gives every collection its own valid table name and keeps names that are valid already', async () => {
    const names = [
      'orders',
      'Orders',
      'docstore/data',
      'docstoredata',
      'docstore_data',
      '',
      'a',
      '1',
      '漢字',
      'tables',
      'x'.repeat(80),
    ];
    await using tables = await DataSource.open('memory:');
    const store = new KeyValueStore(tables);
    for (const name of names) await store.put('name', { name }, name);
    for (const name of names) expect(await store.get('name', name)).to.deep.equal({ name });
    const made: string[] = [];
    for await (const table of tables.tables.list()) made.push(table);
    expect(made).to.have.length(names.length).and.to.include('orders');
    expect(made).to.include('docstoredata');
  });

  it('A key-value store applies the tableName option of its data source, so that tenants stay apart', async () => {
    await using tables = await DataSource.open('memory:');
    const stores = ['ada', 'grace'].map(
      (tenant) =>
        new KeyValueStore(
          tables.withTables((name) => `${tenant}${name}`),
          { tableName: () => 'settings' },
        ),
    );
    for (const [n, store] of stores.entries()) await store.put('n', { n });
    expect(await Promise.all(stores.map((store) => store.getAll()))).to.deep.equal([{ n: { n: 0 } }, { n: { n: 1 } }]);
    const made: string[] = [];
    for await (const table of tables.tables.list()) made.push(table);
    expect(made).to.deep.equal(['adasettings', 'gracesettings']);
  });

  it('A key-value store has the limits of Cosmos if its store has them', async () => {
    await using store = await KeyValueStore.open('memory:', { limits: 'cosmos' });
    const collection = store.collection();
    await collection.put('a', 'x'.repeat(600_000));
    expect(await collection.get('a')).to.have.length(600_000);
    const error = await rejection(collection.put('é'.repeat(128), 1));
    expect(EntitableError.is(error, 'key.too-long') && error.details).to.deep.include({ size: 256, limit: 255 });
  });
});
