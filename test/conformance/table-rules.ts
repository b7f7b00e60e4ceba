import { expect } from 'chai';
import { rule, type Rule } from './rule.js';
import { firstPage, refusal, SHAPE } from './table-fixture.js';

const missing = 'T0Missing';

export const tableRules: readonly Rule[] = [
  rule('doc', 'creating a table that exists says so and leaves it alone', async (t) => {
    await t.write('insert', 'p', 'r');
    expect(await t.store.createTable(t.table)).to.equal(false);
    expect(await t.keys()).to.deep.equal(['r']);
  }),
  rule('doc', 'deleting a table takes its rows away', async (t) => {
    await t.write('insert', 'p', 'r');
    expect(await t.store.deleteTable(t.table)).to.equal(true);
    expect(await refusal(t.get('p', 'r'))).to.deep.equal({
      code: 'store.table-not-found',
      status: 404,
      serviceCode: 'TableNotFound',
    });
    expect(await t.store.deleteTable(t.table)).to.equal(false);
  }),
  rule('doc', 'a table of a deleted name begins empty', async (t) => {
    await t.write('insert', 'p', 'r');
    await t.store.deleteTable(t.table);
    expect(await t.store.createTable(t.table)).to.equal(true);
    expect(await t.keys()).to.deep.equal([]);
    expect(await t.get('p', 'r')).to.equal(undefined);
  }),
  rule('doc', 'reading, scanning and writing a missing table is TableNotFound', async (t) => {
    const rows = t.store.rows(missing, SHAPE);
    const notFound = { code: 'store.table-not-found', status: 404, serviceCode: 'TableNotFound' };
    const insert = rows.prepare({ mode: 'insert', partitionKey: 'p', rowKey: 'r', write: () => {} });
    expect(await refusal(rows.get('p', 'r', () => 0))).to.deep.equal(notFound);
    expect(await refusal(firstPage(rows.scan({}, () => 0)))).to.deep.equal(notFound);
    expect(await refusal(t.store.submit(missing, [insert]))).to.deep.include(notFound);
  }),
  rule('doc', 'table names ignore case, where the store says so', async (t) => {
    if (!t.store.traits.limits.tableNamesIgnoreCase) return;
    await t.write('insert', 'p', 'r', { i: 'Int32 1' });
    expect(await t.store.rows(t.table.toUpperCase(), SHAPE).get('p', 'r', (row) => row.number(1))).to.equal(1);
    expect(await t.store.createTable(t.table.toUpperCase())).to.equal(false);
  }),
  rule('doc', 'tables are listed with the case they were created with', async (t) => {
    const name = `${t.table}MixedCase`;
    await t.store.createTable(name);
    const { rows } = await t.store.tables({ prefix: t.table });
    await t.store.deleteTable(name);
    expect(rows).to.deep.equal([t.table, name]);
  }),
  rule('rec', 'tables are listed by their lower-case names', async (t) => {
    const names = ['b', 'A', 'c', 'B1'].map((end) => `${t.table}x${end}`);
    for (const name of names) await t.store.createTable(name);
    const { rows } = await t.store.tables({ prefix: `${t.table}x` });
    for (const name of names) await t.store.deleteTable(name);
    expect(rows).to.deep.equal(['A', 'b', 'B1', 'c'].map((end) => `${t.table}x${end}`));
  }),
  rule('rec', 'a table name with another character, or a digit first, is InvalidResourceName', async (t) => {
    for (const name of ['1abc', 'a-bc', 'täble', 'a bc']) {
      expect(await refusal(t.store.createTable(name)), name).to.deep.equal({
        code: 'store.rejected',
        status: 400,
        serviceCode: 'InvalidResourceName',
      });
    }
  }),
  rule('live', 'a table name of less than 3 characters is OutOfRangeInput', async (t) => {
    expect(await refusal(t.store.createTable('ab'))).to.deep.equal({
      code: 'store.rejected',
      status: 400,
      serviceCode: 'OutOfRangeInput',
    });
  }),
  rule('doc', 'a table name of 63 characters is taken, of 64 refused', async (t) => {
    const longest = t.table.padEnd(63, 'z');
    expect(await t.store.createTable(longest)).to.equal(true);
    await t.store.deleteTable(longest);
    expect(await refusal(t.store.createTable(`${longest}z`))).to.include({ code: 'store.rejected', status: 400 });
  }),
  rule('doc', 'the table name "tables" is reserved', async (t) => {
    expect(await refusal(t.store.createTable('Tables'))).to.include({ code: 'store.rejected' });
  }),
];
