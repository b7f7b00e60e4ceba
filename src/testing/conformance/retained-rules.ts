import assert from 'node:assert/strict';
import type { RetainedRow } from '../../store/row.js';
import { rule, type Rule } from './rule.js';
import { readDeclaredProperties, readProperties, type TableFixture } from './table-fixture.js';

const DECLARED = { s: 'String a', i: 'Int32 1' } as const;
const BEFORE = { ...DECLARED, extra: 'DateTime 2020-01-01T00:00:00.1234567Z' } as const;

async function retained(t: TableFixture): Promise<RetainedRow> {
  return (await t.rows.get('p', 'r', (row) => row.retain(), { undeclared: true }))!;
}

/**
 * Rules about rows that are retained after their reader has moved on, and about the rows that `Rows.written` returns
 * for a write.
 */
export const retainedRules: readonly Rule[] = [
  rule('rec', 'a retained row still has its content after the stored row was replaced and deleted', async (t) => {
    const { etag } = await t.write('insert', 'p', 'r', BEFORE);
    const row = await retained(t);
    await t.write('replace', 'p', 'r', { i: 'Int32 2' });
    await t.write('delete', 'p', 'r');
    assert.deepStrictEqual(readProperties(t.rows.reopen(row)), BEFORE);
    assert.strictEqual(t.rows.reopen(row).etag, etag);
  }),
  rule('rec', 'rows that a scan retains do not share their content', async (t) => {
    await t.submit(t.prepare('insert', 'p', 'a', { i: 'Int32 1' }), t.prepare('insert', 'p', 'b', { s: 'String b' }));
    const rows: RetainedRow[] = [];
    for await (const page of t.rows.scan({ undeclared: true }, (row) => row.retain())) rows.push(...page.rows);
    assert.deepStrictEqual(
      rows.map((row) => readProperties(t.rows.reopen(row))),
      [{ i: 'Int32 1' }, { s: 'String b' }],
    );
  }),
  rule('rec', 'the row predicted after an insert holds what was written', async (t) => {
    const write = t.prepare('insert', 'p', 'r', BEFORE);
    const [receipt] = await t.submit(write);
    const row = t.rows.reopen(t.rows.written(write, receipt!));
    assert.deepStrictEqual(readDeclaredProperties(row), DECLARED);
    assert.strictEqual(row.etag, receipt!.etag);
    assert.deepStrictEqual([row.string(-1), row.string(-2)], ['p', 'r']);
  }),
  ...(['merge', 'upsert-merge'] as const).map((mode) =>
    rule('rec', `the row predicted after ${mode} holds its earlier properties and the changed ones`, async (t) => {
      await t.write('insert', 'p', 'r', BEFORE);
      const before = await retained(t);
      const write = t.prepare(mode, 'p', 'r', { i: 'Int32 2', b: 'Boolean true' });
      const [receipt] = await t.submit(write);
      const row = t.rows.reopen(t.rows.written(write, receipt!, before));
      assert.deepStrictEqual(readDeclaredProperties(row), { ...DECLARED, i: 'Int32 2', b: 'Boolean true' });
      assert.strictEqual(row.etag, receipt!.etag);
      assert.deepStrictEqual(readDeclaredProperties(row), await t.declared('p', 'r'));
    }),
  ),
  rule('rec', 'the row predicted after a removal lacks the removed properties', async (t) => {
    const { etag } = await t.write('insert', 'p', 'r', BEFORE);
    const before = await retained(t);
    const write = t.prepare('merge', 'p', 'r', { b: 'Boolean true' }, { ifMatch: etag!, remove: ['s', 'extra'] });
    const [receipt] = await t.submit(write);
    const row = t.rows.reopen(t.rows.written(write, receipt!, before));
    assert.deepStrictEqual(readDeclaredProperties(row), { i: 'Int32 1', b: 'Boolean true' });
    assert.deepStrictEqual(readDeclaredProperties(row), await t.declared('p', 'r'));
  }),
  rule('rec', 'the row predicted after a replace holds only what was written', async (t) => {
    await t.write('insert', 'p', 'r', BEFORE);
    const before = await retained(t);
    const write = t.prepare('replace', 'p', 'r', { i: 'Int32 2' });
    const [receipt] = await t.submit(write);
    assert.deepStrictEqual(readDeclaredProperties(t.rows.reopen(t.rows.written(write, receipt!, before))), {
      i: 'Int32 2',
    });
  }),
  rule('rec', 'the row predicted after one write can be the earlier row of the next write', async (t) => {
    const insert = t.prepare('insert', 'p', 'r', BEFORE);
    const [first] = await t.submit(insert);
    const merge = t.prepare('merge', 'p', 'r', { s: 'String b' }, { ifMatch: first!.etag! });
    const [second] = await t.submit(merge);
    const row = t.rows.reopen(t.rows.written(merge, second!, t.rows.written(insert, first!)));
    assert.deepStrictEqual(readDeclaredProperties(row), { ...DECLARED, s: 'String b' });
    assert.strictEqual(row.etag, await t.etag('p', 'r'));
  }),
];
