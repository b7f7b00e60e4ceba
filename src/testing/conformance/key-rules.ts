import assert from 'node:assert/strict';
import { comparison } from '../../store/filter-node.js';
import { assertIncludes, rule, type Rule } from './rule.js';
import { refusal, type TableFixture } from './table-fixture.js';

/** Characters that keys may contain, but that clients have handled wrongly in the past. */
const TRICKY = `' " {} [] () : @ & = + , $ - _ <> ; ~ ^ ! % *`.split(' ');
const UNICODE = ['مرحبا', '你好', '😀', 'é', 'e\u0301', '\uffff', '\ue000', '\u{10ffff}'];
const FORBIDDEN = ['/', '\\', '#', '?', '\u0000', '\t', '\n', '\r', '\u001f', '\u007f', '\u0085', '\u009f'];

async function roundTrip(t: TableFixture, key: string): Promise<void> {
  const filter = comparison('RowKey', 'eq', { type: 'String', value: key });
  await t.write('insert', key, key, { s: `String ${key}` });
  assert.deepStrictEqual(await t.get(key, key), { s: `String ${key}` }, key);
  assert.deepStrictEqual(await t.keyPairs({ partitionKey: key, filter }), [[key, key]], key);
  await t.submit(t.prepare('insert', key, `${key}2`), t.prepare('delete', key, key));
  assert.deepStrictEqual(await t.keys({ partitionKey: key }), [`${key}2`], key);
  await t.write('delete', key, `${key}2`);
}

/** Rules about the characters and length of keys, and their order. */
export const keyRules: readonly Rule[] = [
  rule('live', 'keys may be empty', async (t) => {
    await t.write('insert', '', '', { i: 'Int32 1' });
    await t.write('insert', '', 'r');
    await t.write('insert', 'p', '');
    assert.deepStrictEqual(await t.get('', ''), { i: 'Int32 1' });
    assert.deepStrictEqual(await t.keyPairs(), [
      ['', ''],
      ['', 'r'],
      ['p', ''],
    ]);
  }),
  ...TRICKY.map((key) => rule('live', `a key may be ${key}`, (t) => roundTrip(t, key))),
  ...UNICODE.map((key) => rule('live', `a key may be Unicode: ${JSON.stringify(key)}`, (t) => roundTrip(t, key))),
  ...FORBIDDEN.flatMap((character) =>
    (['PartitionKey', 'RowKey'] as const).map((name) =>
      rule('doc', `a ${name} with ${JSON.stringify(character)} is refused`, async (t) => {
        const key = `a${character}b`;
        const write = t.prepare('insert', name === 'PartitionKey' ? key : 'p', name === 'RowKey' ? key : 'r');
        assertIncludes(await refusal(t.submit(write)), { code: 'store.rejected', status: 400 });
      }),
    ),
  ),
  rule('doc', 'a key has at most 1 KiB', async (t) => {
    const { partition, row, encoding } = t.store.traits.limits.keyBytes;
    const unit = encoding === 'utf16' ? 2 : 1;
    const partitionKey = 'k'.repeat(partition / unit);
    const rowKey = 'k'.repeat(Math.floor(row / unit));
    await t.write('insert', partitionKey, rowKey);
    assert.deepStrictEqual(await t.keyPairs(), [[partitionKey, rowKey]]);
    for (const write of [t.prepare('insert', `${partitionKey}k`, 'r'), t.prepare('insert', 'p', `${rowKey}k`)]) {
      assertIncludes(await refusal(t.submit(write)), { code: 'store.rejected', status: 400 });
    }
  }),
  rule('doc', 'keys are case-sensitive', async (t) => {
    await t.write('insert', 'p', 'a');
    await t.write('insert', 'p', 'A');
    await t.write('insert', 'P', 'a');
    assert.deepStrictEqual(await t.keyPairs(), [
      ['P', 'a'],
      ['p', 'A'],
      ['p', 'a'],
    ]);
  }),
  rule('doc', 'rows are sorted by partition key, then by row key, in ordinal order', async (t) => {
    const keys = ['', ' ', '!', '10', '9', 'A', 'Z', 'a', 'aa', 'b', 'z', 'é', '你'];
    for (const partitionKey of ['b', 'a', 'B', 'aa']) {
      await t.submit(...keys.toReversed().map((rowKey) => t.prepare('insert', partitionKey, rowKey)));
    }
    assert.deepStrictEqual(
      await t.keyPairs(),
      ['B', 'a', 'aa', 'b'].flatMap((p) => keys.map((r) => [p, r])),
    );
  }),
];
