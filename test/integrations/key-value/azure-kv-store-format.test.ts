import { expect } from 'chai';
import fc from 'fast-check';
import { DataSource, EntitableError, STORAGE_LIMITS, type UndeclaredValue } from 'entitable';
import { azureKvStoreFormat } from '../../../src/integrations/key-value/azure-kv-store-format.js';
import { KeyValueStore } from 'entitable/key-value';
import { onEveryStore, rejection } from '../../support/every-store.js';

const context = { collection: 'data', limits: STORAGE_LIMITS };
const encoded = (value: unknown): Readonly<Record<string, UndeclaredValue>> =>
  Object.fromEntries(azureKvStoreFormat.encode(value, context));
const text = (value: string): UndeclaredValue => ({ type: 'String', text: value });

/** A row as Python's `json.dumps` writes it: ASCII, with spaces after commas and colons. */
const PYTHON_ROW: readonly (readonly [string, UndeclaredValue])[] = [
  ['plain', text('hello')],
  ['quoted', text('"123"')],
  ['number_text', text('123')],
  ['flag', { type: 'Boolean', text: 'true' }],
  ['count', { type: 'Int32', text: '42' }],
  ['ratio', { type: 'Double', text: '2.5' }],
  ['big', { type: 'Int64', text: '9007199254740993' }],
  ['nothing', text('null')],
  ['nested', text('{"a": [1, 2.5, "\\u6f22\\u5b57"], "b": null}')],
  ['odd', text('{"a": NaN}')],
  ['long_part_2', text(`${'b'.repeat(9)}"]`)],
  ['long_part_10', text('')],
  ['long_part_1', text(`["${'a'.repeat(32_765)}`)],
];

describe('The format of AzureKVStore', () => {
  it('The format of AzureKVStore is decoded as Python writes it', () => {
    expect(azureKvStoreFormat.decode(PYTHON_ROW)).to.deep.equal({
      plain: 'hello',
      quoted: '123',
      number_text: 123,
      flag: true,
      count: 42,
      ratio: 2.5,
      big: '9007199254740993',
      nothing: null,
      nested: { a: [1, 2.5, '漢字'], b: null },
      odd: '{"a": NaN}',
      long: ['a'.repeat(32_765) + 'b'.repeat(9)],
    });
  });

  it('The format of AzureKVStore joins the parts of a value in the order of their numbers, whatever these are', () => {
    const columns = [
      ['x_part_4294967294', { type: 'String', text: 'c"' }],
      ['x_part_10', { type: 'String', text: 'b' }],
      ['x_part_2', { type: 'String', text: '"a' }],
    ] as const;
    expect(azureKvStoreFormat.decode(columns)).to.deep.equal({ x: 'abc' });
  });

  it('The format of AzureKVStore is encoded as Python reads it: native types, and JSON for everything else and for text that looks like JSON', () => {
    expect(
      encoded({
        s: 'x',
        t: '123',
        n: 'NaN',
        b: false,
        i: -7,
        d: 0.5,
        z: -0,
        l: 2 ** 31,
        o: { a: [1] },
        u: undefined,
        e: null,
      }),
    ).to.deep.equal({
      s: text('x'),
      t: text('"123"'),
      n: text('"NaN"'),
      b: { type: 'Boolean', text: 'false' },
      i: { type: 'Int32', text: '-7' },
      d: { type: 'Double', text: '0.5' },
      z: { type: 'Double', text: '-0.0' },
      l: { type: 'Double', text: '2147483648' },
      o: text('{"a":[1]}'),
      e: text('null'),
    });
  });

  it('The format of AzureKVStore splits text from 32767 units on, the first part one unit shorter, and never inside a character', () => {
    const lengths = (value: string): readonly number[] =>
      Object.values(encoded({ v: value })).map((part) => ('text' in part ? part.text.length : 0));
    expect(lengths('x'.repeat(32_766))).to.deep.equal([32_766]);
    expect(Object.keys(encoded({ v: 'x'.repeat(32_767) }))).to.deep.equal(['v_part_1', 'v_part_2']);
    expect(lengths('x'.repeat(32_767))).to.deep.equal([32_767, 2]);
    expect(lengths('x'.repeat(65_535))).to.deep.equal([32_767, 32_768, 2]);
    expect(lengths(`${'x'.repeat(32_765)}😀${'x'.repeat(9)}`)).to.deep.equal([32_766, 12]);
  });

  it('The format of AzureKVStore decodes every object with valid property names to the same object', () => {
    const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9]{0,8}$/).filter((found) => found !== '__proto__');
    const member = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('NaN', 'true', ' 1', '"', '-Infinity', 'null', ''),
    );
    fc.assert(
      fc.property(fc.dictionary(name, member, { noNullPrototype: true }), (value) => {
        expect(azureKvStoreFormat.decode(azureKvStoreFormat.encode(value, context))).to.deep.equal(value);
      }),
      { seed: 8, numRuns: 500 },
    );
  });

  it('The format of AzureKVStore names tables as LlamaIndex for Python does', () => {
    expect(
      ['docstore/ref_doc_info', '9lives', 'a', 'x'.repeat(70)].map((name) => azureKvStoreFormat.tableName(name)),
    ).to.deep.equal(['docstorerefdocinfo', 'A9lives', 'aAA', 'x'.repeat(63)]);
  });

  it('The format of AzureKVStore refuses values, names and keys that it cannot represent', async () => {
    await using tables = await DataSource.open('memory:');
    const collection = new KeyValueStore(tables, { format: 'azure-kv-store' }).collection();
    const refused: readonly (readonly [key: string, value: unknown, code: string])[] = [
      ['k', [1], 'validation.wrong-type'],
      ['k', 'text', 'validation.wrong-type'],
      ['k', { 'a-b': 1 }, 'validation.unknown-property'],
      ['k', { a_part_1: 1 }, 'validation.unknown-property'],
      ['k', { RowKey: 1 }, 'validation.unknown-property'],
      ['k', Object.fromEntries(Array.from({ length: 253 }, (_, n) => [`m${n}`, 1])), 'validation.too-many-properties'],
      ['a/b', {}, 'key.forbidden-character'],
      ['\ud800', {}, 'key.unpaired-surrogate'],
    ];
    for (const [key, value, code] of refused) {
      const error: unknown = await collection.put(key, value).catch((reason: unknown) => reason);
      expect(EntitableError.is(error) && error.code).to.equal(code);
    }
  });

  it('The format of AzureKVStore refuses a property name that the store reserves', async () => {
    await using store = await KeyValueStore.open('memory:', { format: 'azure-kv-store', limits: 'cosmos' });
    expect(await rejection(store.put('k', { ID: 1 }))).to.have.property('code', 'validation.unknown-property');
  });
});

onEveryStore('A store in the format of AzureKVStore', (open) => {
  it('A store in the format of AzureKVStore reads back what it has written, including split values', async () => {
    const { tables, tableName } = await open();
    const store = new KeyValueStore(tables, { format: 'azure-kv-store', tableName });
    const value = {
      s: '123',
      long: 'ab'.repeat(40_000),
      flag: true,
      n: 1.5,
      i: 7,
      list: [1, { a: null }],
      nothing: null,
    };
    await store.put('key', value, 'docs');
    expect(await store.get('key', 'docs')).to.deep.equal(value);
    expect(await store.getAll('docs')).to.deep.equal({ key: value });
  });
});
