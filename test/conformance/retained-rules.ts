import { expect } from 'chai';
import type { RetainedRow } from '../../src/store/row.js';
import { rule, type Rule } from './rule.js';
import { readDeclaredProperties, readProperties, type TableFixture } from './table-fixture.js';

const DECLARED = { s: 'String a', i: 'Int32 1' } as const;
const BEFORE = { ...DECLARED, extra: 'DateTime 2020-01-01T00:00:00.1234567Z' } as const;

async function retained(t: TableFixture): Promise<RetainedRow> {
  return (await t.rows.get('p', 'r', (row) => row.retain(), { undeclared: true }))!;
}

export const retainedRules: readonly Rule[] = [
  rule('rec', 'a retained row is read again as it was, whatever became of it', async (t) => {
    const { etag } = await t.write('insert', 'p', 'r', BEFORE);
    const row = await retained(t);
    await t.write('replace', 'p', 'r', { i: 'Int32 2' });
    await t.write('delete', 'p', 'r');
    expect(readProperties(t.rows.reopen(row))).to.deep.equal(BEFORE);
    expect(t.rows.reopen(row).etag).to.equal(etag);
  }),
  rule('rec', 'rows retained by a scan are each their own', async (t) => {
    await t.submit(t.prepare('insert', 'p', 'a', { i: 'Int32 1' }), t.prepare('insert', 'p', 'b', { s: 'String b' }));
    const rows: RetainedRow[] = [];
    for await (const page of t.rows.scan({ undeclared: true }, (row) => row.retain())) rows.push(...page.rows);
    expect(rows.map((row) => readProperties(t.rows.reopen(row)))).to.deep.equal([{ i: 'Int32 1' }, { s: 'String b' }]);
  }),
  rule('rec', 'after an insert the row is known to hold what was written', async (t) => {
    const write = t.prepare('insert', 'p', 'r', BEFORE);
    const [receipt] = await t.submit(write);
    const row = t.rows.reopen(t.rows.written(write, receipt!));
    expect(readDeclaredProperties(row)).to.deep.equal(DECLARED);
    expect(row.etag).to.equal(receipt!.etag);
    expect([row.string(-1), row.string(-2)]).to.deep.equal(['p', 'r']);
  }),
  ...(['merge', 'upsert-merge'] as const).map((mode) =>
    rule('rec', `after a ${mode} the row is known to hold what it held, changed`, async (t) => {
      await t.write('insert', 'p', 'r', BEFORE);
      const before = await retained(t);
      const write = t.prepare(mode, 'p', 'r', { i: 'Int32 2', b: 'Boolean true' });
      const [receipt] = await t.submit(write);
      const row = t.rows.reopen(t.rows.written(write, receipt!, before));
      expect(readDeclaredProperties(row)).to.deep.equal({ ...DECLARED, i: 'Int32 2', b: 'Boolean true' });
      expect(row.etag).to.equal(receipt!.etag);
      expect(readDeclaredProperties(row)).to.deep.equal(await t.declared('p', 'r'));
    }),
  ),
  rule('rec', 'after a removal the row is known to lack what was removed', async (t) => {
    const { etag } = await t.write('insert', 'p', 'r', BEFORE);
    const before = await retained(t);
    const write = t.prepare('merge', 'p', 'r', { b: 'Boolean true' }, { ifMatch: etag!, remove: ['s', 'extra'] });
    const [receipt] = await t.submit(write);
    const row = t.rows.reopen(t.rows.written(write, receipt!, before));
    expect(readDeclaredProperties(row)).to.deep.equal({ i: 'Int32 1', b: 'Boolean true' });
    expect(readDeclaredProperties(row)).to.deep.equal(await t.declared('p', 'r'));
  }),
  rule('rec', 'after a replace the row is known to hold what was written, and no more', async (t) => {
    await t.write('insert', 'p', 'r', BEFORE);
    const before = await retained(t);
    const write = t.prepare('replace', 'p', 'r', { i: 'Int32 2' });
    const [receipt] = await t.submit(write);
    expect(readDeclaredProperties(t.rows.reopen(t.rows.written(write, receipt!, before)))).to.deep.equal({
      i: 'Int32 2',
    });
  }),
  rule('rec', 'what was written can be the row before of the next write', async (t) => {
    const insert = t.prepare('insert', 'p', 'r', BEFORE);
    const [first] = await t.submit(insert);
    const merge = t.prepare('merge', 'p', 'r', { s: 'String b' }, { ifMatch: first!.etag! });
    const [second] = await t.submit(merge);
    const row = t.rows.reopen(t.rows.written(merge, second!, t.rows.written(insert, first!)));
    expect(readDeclaredProperties(row)).to.deep.equal({ ...DECLARED, s: 'String b' });
    expect(row.etag).to.equal(await t.etag('p', 'r'));
  }),
];
