import { expect } from 'chai';
import { DataSource } from 'entitable';
import { KeyValueStore, type MemberTests } from 'entitable/key-value';
import { memoryStore } from '../../../src/stores/memory/memory-store.js';
import { recordingStore } from '../../../src/testing/recording-store.js';
import { onEveryStore, rejection } from '../../support/every-store.js';

const VALUES = {
  'a/one': { status: 'open', pages: 1, done: false },
  'a/two': { status: 'closed', pages: 2.5, done: true },
  'b/three': { status: 'open', pages: 3, done: true, extra: '123' },
  'b/four': { status: 'Open', pages: '3', extra: 123 },
  'b/five': { pages: 4_000_000_000, status: null },
} as const;

const CASES: readonly (readonly [where: MemberTests, keys: readonly string[]])[] = [
  [{}, Object.keys(VALUES)],
  [{ status: 'open' }, ['a/one', 'b/three']],
  [{ status: { eq: 'open' }, done: true }, ['b/three']],
  [{ status: { ne: 'open' } }, ['a/two', 'b/four']],
  [{ done: false }, ['a/one']],
  [{ pages: 3 }, ['b/three']],
  [{ pages: '3' }, ['b/four']],
  [{ pages: 2.5 }, ['a/two']],
  [{ pages: 4_000_000_000 }, ['b/five']],
  [{ pages: { gt: 1, le: 3 } }, ['a/two', 'b/three']],
  [{ pages: { ge: 3 } }, ['b/three', 'b/five']],
  [{ status: { lt: 'closed' } }, ['b/four']],
  [{ extra: '123' }, ['b/three']],
  [{ extra: 123 }, ['b/four']],
  [{ constructor: { ne: '' } }, []],
  [{ 'no name!': 1 }, []],
];

for (const format of ['json', 'azure-kv-store'] as const) {
  // In the other program's format, keys are stored unchanged as row keys.
  const stored = (key: string): string => (format === 'json' ? key : key.replace('/', '|'));

  onEveryStore(`A query of members in the format ${format}`, (open) => {
    it('A query of members returns the pairs that pass, combined with a prefix, with only the selected members', async () => {
      const { tables, tableName } = await open();
      const collection = new KeyValueStore(tables, { format, tableName }).collection('tasks');
      for (const [key, value] of Object.entries(VALUES)) await collection.put(stored(key), value);
      const keysOf = async (where: MemberTests, prefix?: string): Promise<readonly string[]> => {
        const keys: string[] = [];
        for await (const [key] of collection.query({ where, prefix })) keys.push(key);
        return keys.toSorted();
      };
      for (const [where, keys] of CASES) {
        expect([where, await keysOf(where)]).to.deep.equal([where, keys.map(stored).toSorted()]);
      }
      expect(await keysOf({ status: 'open' }, 'b')).to.deep.equal([stored('b/three')]);
      const pairs: unknown[] = [];
      for await (const pair of collection.query({ where: { status: 'open' }, prefix: 'a', select: ['pages'] })) {
        pairs.push(pair);
      }
      expect(pairs).to.deep.equal([[stored('a/one'), { pages: 1 }]]);
    });
  });
}

describe('A query of members', () => {
  it('A query of members lets the service test equality, for as many members as one request can compare', async () => {
    const { store, requests } = recordingStore(memoryStore());
    const tables = await DataSource.open(store);
    const collection = new KeyValueStore(tables, { format: 'azure-kv-store' }).collection('tasks');
    await collection.put('k', Object.fromEntries(Array.from('abcdefgh', (name) => [name, 1])));
    requests.length = 0;
    const found: string[] = [];
    const where = Object.fromEntries(Array.from('abcdefgh', (name) => [name, 1]));
    for await (const [key] of collection.query({ where, prefix: 'k' })) found.push(key);
    for await (const [key] of collection.query({ where: { ...where, h: 2 } })) found.push(key);
    expect(found).to.deep.equal(['k']);
    const [first] = requests;
    expect(
      first?.kind === 'scan' && first.request.filter?.kind === 'and' && first.request.filter.operands.length,
    ).to.equal(6);
  });

  for (const where of [{ a: null }, { a: Number.NaN }, { a: { like: 'b' } }, { a: { eq: [] } }, { a: undefined }]) {
    it(`A query of members refuses ${JSON.stringify(where)} before anything is read`, async () => {
      const tables = await DataSource.open('memory:');
      const collection = new KeyValueStore(tables).collection('tasks');
      const error = await rejection(collection.query({ where: where as never }).next());
      expect(error).to.deep.include({ code: 'validation.invalid-option' });
      expect((error as { readonly details: object }).details).to.include({ option: 'where.a' });
    });
  }
});
