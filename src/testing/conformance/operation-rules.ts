import assert from 'node:assert/strict';
import { EntitableError } from '../../errors/entitable-error.js';
import { rule, type Rule } from './rule.js';
import { firstPage, refusal, SHAPE } from './table-fixture.js';

/** Rules about reads, abort signals and concurrent operations. */
export const operationRules: readonly Rule[] = [
  rule('doc', 'a read of a missing row returns undefined', async (t) => {
    assert.strictEqual(await t.get('p', 'r'), undefined);
  }),
  rule('doc', 'an aborted signal stops reads and writes, and the error has its reason as the cause', async (t) => {
    const reason = new Error('stop');
    const options = { signal: AbortSignal.abort(reason) };
    await expectAborted(reason, [
      () => t.rows.get('p', 'r', () => 0, {}, options),
      () => firstPage(t.rows.scan({}, () => 0, options)),
      () => t.store.submit(t.table, [t.prepare('insert', 'p', 'r')], options),
    ]);
    assert.deepStrictEqual(await t.keys(), []);
  }),
  rule(
    'doc',
    'an aborted signal stops the administration of tables, and the error has its reason as the cause',
    async (t) => {
      const reason = new Error('stop');
      const options = { signal: AbortSignal.abort(reason) };
      await expectAborted(reason, [
        () => t.store.createTable(`${t.table}2`, options),
        () => t.store.deleteTable(t.table, options),
        () => t.store.tables({}, options),
      ]);
      assert.deepStrictEqual((await t.store.tables({ prefix: t.table })).rows, [t.table]);
    },
  ),
  rule('doc', 'a signal that is aborted between two pages stops the scan there', async (t) => {
    await t.submit(t.prepare('insert', 'p', 'a'), t.prepare('insert', 'p', 'b'));
    const abort = new AbortController();
    const pages = t.rows.scan({ pageSize: 1 }, () => 0, { signal: abort.signal })[Symbol.asyncIterator]();
    assert.strictEqual((await pages.next()).done, false);
    abort.abort();
    assert.deepStrictEqual(await refusal(pages.next()), { code: 'store.aborted' });
  }),
  rule('doc', 'an error of the decoder is thrown by the request for its page', async (t) => {
    await t.write('insert', 'p', 'r');
    const failing = (): never => {
      throw new RangeError('from the decoder');
    };
    const caught = async (operation: Promise<unknown>): Promise<unknown> => operation.catch((error: unknown) => error);
    assert.ok((await caught(t.rows.get('p', 'r', failing))) instanceof RangeError);
    assert.ok((await caught(firstPage(t.rows.scan({}, failing)))) instanceof RangeError);
  }),
  rule('doc', 'rows may be read while others are written', async (t) => {
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => t.write('insert', `p${i % 5}`, String(i), { i: `Int32 ${i}` })),
    );
    assert.strictEqual((await t.keys()).length, 50);
    assert.notStrictEqual(t.store.rows(t.table, SHAPE), t.rows);
  }),
  rule('doc', 'one of several concurrent writes with the same ETag succeeds', async (t) => {
    const { etag } = await t.write('insert', 'p', 'r', { i: 'Int32 0' });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) => t.write('merge', 'p', 'r', { i: `Int32 ${i + 1}` }, { ifMatch: etag! })),
    );
    assert.strictEqual(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  }),
];

async function expectAborted(reason: Error, operations: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const operation of operations) {
    const error = await operation().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.strictEqual(EntitableError.is(error, 'store.aborted'), true);
    assert.strictEqual((error as Error).cause, reason);
  }
}
