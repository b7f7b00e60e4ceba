import assert from 'node:assert/strict';
import { comparison } from '../../store/filter-node.js';
import { PARTITION_KEY, ROW_KEY } from '../../store/row.js';
import type { KeyRange, ScanRequest } from '../../store/table-store.js';
import { assertIncludes, rule, type Rule } from './rule.js';
import { refusal, type TableFixture } from './table-fixture.js';

const KEYS = ['a', 'b', 'c', 'd', 'e'];

async function seed(t: TableFixture, partitions: readonly string[] = ['p']): Promise<void> {
  for (const partitionKey of partitions) {
    await t.submit(...KEYS.map((rowKey, i) => t.prepare('insert', partitionKey, rowKey, { i: `Int32 ${i}` })));
  }
}

function range(
  from: string | undefined,
  to: string | undefined,
  inclusive: readonly [boolean, boolean] = [true, true],
): KeyRange {
  return {
    ...(from === undefined ? {} : { from: { value: from, inclusive: inclusive[0] } }),
    ...(to === undefined ? {} : { to: { value: to, inclusive: inclusive[1] } }),
  };
}

/**
 * Scans over key ranges by name, each with the rows that it finds in a table of three partitions with five rows each.
 */
const RANGES: readonly (readonly [string, ScanRequest, readonly string[]])[] = [
  ['one partition', { partitionKey: 'q' }, ['qa', 'qb', 'qc', 'qd', 'qe']],
  ['a partition that does not exist', { partitionKey: 'pp' }, []],
  ['row keys from a to c', { partitionKey: 'q', rowKey: range('a', 'c') }, ['qa', 'qb', 'qc']],
  ['row keys after a and before c', { partitionKey: 'q', rowKey: range('a', 'c', [false, false]) }, ['qb']],
  ['row keys from aa', { partitionKey: 'q', rowKey: range('aa', undefined) }, ['qb', 'qc', 'qd', 'qe']],
  ['row keys to bb', { partitionKey: 'q', rowKey: range(undefined, 'bb') }, ['qa', 'qb']],
  ['an inverted range of row keys', { partitionKey: 'q', rowKey: range('d', 'b') }, []],
  ['row keys from a key to itself', { partitionKey: 'q', rowKey: range('c', 'c') }, ['qc']],
  ['partitions from p to q', { partitionKey: range('p', 'q'), rowKey: range('a', 'a') }, ['pa', 'qa']],
  ['partitions after p', { partitionKey: range('p', undefined, [false, true]), rowKey: range('a', 'a') }, ['qa', 'ra']],
  [
    'partitions before r',
    { partitionKey: range(undefined, 'r', [true, false]), rowKey: range('d', undefined) },
    ['pd', 'pe', 'qd', 'qe'],
  ],
  ['an inverted range of partitions', { partitionKey: range('r', 'p') }, []],
  ['row keys in every partition', { rowKey: range('b', 'c', [false, true]) }, ['pc', 'qc', 'rc']],
];

/** Rules about the pages of a scan: their size, their continuations, and the columns that are selected. */
export const pagingRules: readonly Rule[] = [
  ...RANGES.map(([name, request, expected]) =>
    rule('doc', `a scan of ${name} finds the same rows with any page size`, async (t) => {
      await seed(t, ['p', 'q', 'r']);
      for (const pageSize of [1, 2, 1000]) {
        const found = await t.keyPairs({ ...request, pageSize });
        assert.deepStrictEqual(
          found.map(([p, r]) => p + r),
          expected,
        );
      }
    }),
  ),
  rule('rec', 'a page that ends at the last row has no continuation', async (t) => {
    await seed(t);
    assert.deepStrictEqual(await t.pages({ pageSize: 5 }), [[KEYS, false]]);
    assert.deepStrictEqual(await t.pages({ pageSize: 3 }), [
      [['a', 'b', 'c'], true],
      [['d', 'e'], false],
    ]);
  }),
  rule('doc', 'a scan that finds nothing has one empty page', async (t) => {
    assert.deepStrictEqual(await t.pages({}), [[[], false]]);
  }),
  rule('doc', 'a page has at most 1000 rows', async (t) => {
    for (let at = 0; at < 1100; at += 100) {
      await t.submit(
        ...Array.from({ length: 100 }, (_, i) => t.prepare('insert', 'p', String(at + i).padStart(5, '0'))),
      );
    }
    const pages = await t.pages({ partitionKey: 'p' });
    assert.deepStrictEqual(
      pages.map(([keys, continues]) => [keys.length, continues]),
      [
        [1000, true],
        [100, false],
      ],
    );
  }),
  rule('php', 'a page size of 0 or less is refused', async (t) => {
    for (const pageSize of [0, -1]) {
      assertIncludes(await refusal(t.pages({ pageSize })), { code: 'store.rejected', status: 400 });
    }
  }),
  rule('doc', 'a page size above 1000 is refused', async (t) => {
    const pageSize = t.store.traits.limits.pageRows + 1;
    assertIncludes(await refusal(t.pages({ pageSize })), { code: 'store.rejected', status: 400 });
  }),
  rule('doc', 'a continuation resumes after its page, even with another row shape and page size', async (t) => {
    await seed(t, ['p', 'q']);
    const other = t.store.rows(t.table, { properties: [] });
    for await (const { continuation } of t.rows.scan({ pageSize: 3 }, (row) => row.string(ROW_KEY))) {
      const rest: string[] = [];
      const request = { pageSize: 4, ...(continuation === undefined ? {} : { continuation }) };
      for await (const page of other.scan(request, (row) => row.string(PARTITION_KEY) + row.string(ROW_KEY)))
        rest.push(...page.rows);
      assert.deepStrictEqual(rest, ['pd', 'pe', 'qa', 'qb', 'qc', 'qd', 'qe']);
      break;
    }
  }),
  rule('doc', 'a continuation stays valid when rows around it are inserted and deleted', async (t) => {
    await seed(t);
    const found: (readonly string[])[] = [];
    for await (const { rows } of t.rows.scan({ partitionKey: 'p', pageSize: 2 }, (row) => row.string(ROW_KEY))) {
      found.push(rows);
      if (found.length === 1) {
        await t.submit(
          t.prepare('delete', 'p', 'a'),
          t.prepare('delete', 'p', 'c'),
          t.prepare('insert', 'p', 'aa'),
          t.prepare('insert', 'p', 'dd'),
        );
      }
    }
    assert.deepStrictEqual(found.flat(), ['a', 'b', 'd', 'dd', 'e']);
  }),
  rule('doc', 'a filtered scan over several pages finds every match once', async (t) => {
    await seed(t, ['p', 'q']);
    const filter = comparison('i', 'ge', { type: 'Int32', value: 2 });
    for (const pageSize of [1, 2, 3, 1000]) {
      assert.deepStrictEqual(
        (await t.keyPairs({ filter, pageSize })).map(([p, r]) => p + r),
        ['pc', 'pd', 'pe', 'qc', 'qd', 'qe'],
      );
    }
  }),
  rule('rec', 'a selection returns the selected properties and the keys', async (t) => {
    await t.write('insert', 'p', 'r', { i: 'Int32 1', s: 'String x' });
    const decoded = await t.rows.get('p', 'r', (row) => [row.string(ROW_KEY), row.number(1), row.typeOf(2)], {
      select: [1, 2],
    });
    assert.deepStrictEqual(decoded, ['r', 1, undefined]);
  }),
  rule('rec', 'a selection has an ETag only if the request asks for it', async (t) => {
    const { etag } = await t.write('insert', 'p', 'r', { i: 'Int32 1' });
    assert.strictEqual(await t.rows.get('p', 'r', (row) => row.etag, { select: [1], etag: true }), etag);
    assert.strictEqual(await t.rows.get('p', 'r', (row) => row.etag, {}), etag);
  }),
  rule('doc', 'a scan that is left early requests no more pages', async (t) => {
    await seed(t);
    for await (const { rows } of t.rows.scan({ pageSize: 1, ahead: 1 }, (row) => row.string(ROW_KEY))) {
      assert.deepStrictEqual(rows, ['a']);
      break;
    }
    assert.deepStrictEqual(await t.keys(), KEYS);
  }),
];
