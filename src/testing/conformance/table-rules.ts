import assert from 'node:assert/strict';
import { ROW_KEY } from '../../store/row.js';
import { assertIncludes, rule, type Rule } from './rule.js';
import { firstPage, refusal, SHAPE } from './table-fixture.js';

const missing = 'T0Missing';

/** Rules about the names of tables, and how tables are created, deleted and listed. */
export const tableRules: readonly Rule[] = [
  rule('doc', 'creating a table that exists returns false and keeps its rows', async (t) => {
    await t.write('insert', 'p', 'r');
    assert.strictEqual(await t.store.createTable(t.table), false);
    assert.deepStrictEqual(await t.keys(), ['r']);
  }),
  rule('doc', 'deleting a table deletes its rows', async (t) => {
    await t.write('insert', 'p', 'r');
    assert.strictEqual(await t.store.deleteTable(t.table), true);
    assert.deepStrictEqual(await refusal(t.get('p', 'r')), {
      code: 'store.table-not-found',
      status: 404,
      serviceCode: 'TableNotFound',
    });
    assert.strictEqual(await t.store.deleteTable(t.table), false);
  }),
  rule('doc', 'a table that is created again after its deletion is empty', async (t) => {
    await t.write('insert', 'p', 'r');
    await t.store.deleteTable(t.table);
    assert.strictEqual(await t.store.createTable(t.table), true);
    assert.deepStrictEqual(await t.keys(), []);
    assert.strictEqual(await t.get('p', 'r'), undefined);
  }),
  rule('doc', 'a read, scan or write of a missing table fails with TableNotFound', async (t) => {
    const rows = t.store.rows(missing, SHAPE);
    const notFound = { code: 'store.table-not-found', status: 404, serviceCode: 'TableNotFound' };
    const insert = rows.prepare({ mode: 'insert', partitionKey: 'p', rowKey: 'r', write: () => {} });
    assert.deepStrictEqual(await refusal(rows.get('p', 'r', () => 0)), notFound);
    assert.deepStrictEqual(await refusal(firstPage(rows.scan({}, () => 0))), notFound);
    assert.deepStrictEqual(await refusal(t.store.submit(missing, [insert])), { ...notFound, operation: 0 });
  }),
  rule('doc', 'a transaction on a missing table fails with TableNotFound at its first write', async (t) => {
    const rows = t.store.rows(missing, SHAPE);
    const writes = ['a', 'b'].map((rowKey) =>
      rows.prepare({ mode: 'insert', partitionKey: 'p', rowKey, write: () => {} }),
    );
    assert.deepStrictEqual(await refusal(t.store.submit(missing, writes)), {
      code: 'store.table-not-found',
      status: 404,
      serviceCode: 'TableNotFound',
      operation: 0,
    });
  }),
  rule(
    'doc',
    'a scan fails with TableNotFound, instead of ending early, if its table is deleted between two pages',
    async (t) => {
      await t.submit(...['a', 'b', 'c'].map((rowKey) => t.prepare('insert', 'p', rowKey)));
      const pages = t.rows.scan({ pageSize: 1 }, (row) => row.string(ROW_KEY))[Symbol.asyncIterator]();
      assert.strictEqual((await pages.next()).done, false);
      await t.store.deleteTable(t.table);
      assert.deepStrictEqual(await refusal(pages.next()), {
        code: 'store.table-not-found',
        status: 404,
        serviceCode: 'TableNotFound',
      });
    },
  ),
  rule('doc', 'table names are case-insensitive if the store declares it', async (t) => {
    if (!t.store.traits.limits.tableNamesIgnoreCase) return;
    await t.write('insert', 'p', 'r', { i: 'Int32 1' });
    assert.strictEqual(await t.store.rows(t.table.toUpperCase(), SHAPE).get('p', 'r', (row) => row.number(1)), 1);
    assert.strictEqual(await t.store.createTable(t.table.toUpperCase()), false);
  }),
  rule('doc', 'tables are listed in the case they were created with', async (t) => {
    const name = `${t.table}MixedCase`;
    await t.store.createTable(name);
    const { rows } = await t.store.tables({ prefix: t.table });
    await t.store.deleteTable(name);
    assert.deepStrictEqual(rows, [t.table, name]);
  }),
  rule('rec', 'tables are listed in the order of their lower-case names', async (t) => {
    const names = ['b', 'A', 'c', 'B1'].map((end) => `${t.table}x${end}`);
    for (const name of names) await t.store.createTable(name);
    const { rows } = await t.store.tables({ prefix: `${t.table}x` });
    for (const name of names) await t.store.deleteTable(name);
    assert.deepStrictEqual(
      rows,
      ['A', 'b', 'B1', 'c'].map((end) => `${t.table}x${end}`),
    );
  }),
  rule(
    'rec',
    'a table name with a forbidden character or a leading digit fails with InvalidResourceName',
    async (t) => {
      for (const name of ['1abc', 'a-bc', 'täble', 'a bc']) {
        assert.deepStrictEqual(
          await refusal(t.store.createTable(name)),
          {
            code: 'store.rejected',
            status: 400,
            serviceCode: 'InvalidResourceName',
          },
          name,
        );
      }
    },
  ),
  rule('live', 'a table name shorter than 3 characters fails with OutOfRangeInput', async (t) => {
    assert.deepStrictEqual(await refusal(t.store.createTable('ab')), {
      code: 'store.rejected',
      status: 400,
      serviceCode: 'OutOfRangeInput',
    });
  }),
  rule('doc', 'a table name of 63 characters is accepted, and one of 64 is refused', async (t) => {
    const longest = t.table.padEnd(63, 'z');
    assert.strictEqual(await t.store.createTable(longest), true);
    await t.store.deleteTable(longest);
    assertIncludes(await refusal(t.store.createTable(`${longest}z`)), { code: 'store.rejected', status: 400 });
  }),
  rule('doc', 'the table name "tables" is reserved', async (t) => {
    assertIncludes(await refusal(t.store.createTable('Tables')), { code: 'store.rejected' });
  }),
];
