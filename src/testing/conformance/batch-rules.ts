import assert from 'node:assert/strict';
import { assertIncludes, rule, type Rule } from './rule.js';
import { refusal, SHAPE } from './table-fixture.js';

const KIB = 1024;

/**
 * Rules about entity group transactions: their limits, their receipts, and that nothing of a transaction is written if
 * one of its writes is refused.
 */
export const batchRules: readonly Rule[] = [
  rule('doc', 'a transaction may mix all six write modes, and returns one receipt per write', async (t) => {
    await t.submit(
      ...['merge', 'replace', 'um', 'ur', 'delete'].map((r) => t.prepare('insert', 'p', r, { s: 'String a' })),
    );
    const change = { i: 'Int32 1' } as const;
    const receipts = await t.submit(
      t.prepare('insert', 'p', 'insert', change),
      t.prepare('merge', 'p', 'merge', change),
      t.prepare('replace', 'p', 'replace', change),
      t.prepare('upsert-merge', 'p', 'um', change),
      t.prepare('upsert-replace', 'p', 'ur', change),
      t.prepare('delete', 'p', 'delete'),
    );
    assert.deepStrictEqual(
      receipts.map(({ etag }) => typeof etag),
      ['string', 'string', 'string', 'string', 'string', 'undefined'],
    );
    const kept = { s: 'String a', ...change };
    assert.deepStrictEqual(
      await Promise.all(['insert', 'merge', 'replace', 'um', 'ur', 'delete'].map((r) => t.get('p', r))),
      [change, kept, change, kept, change, undefined],
    );
    assert.strictEqual(await t.etag('p', 'merge'), receipts[1]?.etag);
  }),
  rule('doc', 'each write of a transaction has its own If-Match', async (t) => {
    const [a, b] = await t.submit(t.prepare('insert', 'p', 'a'), t.prepare('insert', 'p', 'b'));
    await t.submit(
      t.prepare('merge', 'p', 'a', { i: 'Int32 1' }, { ifMatch: a!.etag! }),
      t.prepare('delete', 'p', 'b', {}, { ifMatch: b!.etag! }),
    );
    assert.deepStrictEqual(await t.keys(), ['a']);
  }),
  ...(
    [
      ['insert', 'taken', 'store.already-exists', 409, 'EntityAlreadyExists'],
      ['merge', 'missing', 'store.not-found', 404, 'ResourceNotFound'],
      ['replace', 'missing', 'store.not-found', 404, 'ResourceNotFound'],
      ['delete', 'missing', 'store.not-found', 404, 'ResourceNotFound'],
    ] as const
  ).map(([mode, rowKey, code, status, serviceCode]) =>
    rule('rec', `a refused ${mode} undoes the whole transaction, and the error has its index`, async (t) => {
      await t.write('insert', 'p', 'taken', { i: 'Int32 0' });
      const batch = [
        t.prepare('insert', 'p', 'a'),
        t.prepare('merge', 'p', 'taken', { i: 'Int32 9' }),
        t.prepare('insert', 'p', 'b'),
      ];
      const refused =
        mode === 'insert'
          ? [batch[0]!, t.prepare(mode, 'p', rowKey), batch[2]!]
          : [...batch, t.prepare(mode, 'p', rowKey)];
      const operation = mode === 'insert' ? 1 : 3;
      assert.deepStrictEqual(await refusal(t.submit(...refused)), { code, status, serviceCode, operation });
      assert.deepStrictEqual(await t.keys(), ['taken']);
      assert.deepStrictEqual(await t.get('p', 'taken'), { i: 'Int32 0' });
    }),
  ),
  rule('rec', 'an outdated ETag undoes the whole transaction, and the error has the index of its write', async (t) => {
    const { etag } = await t.write('insert', 'p', 'r', { i: 'Int32 0' });
    await t.write('merge', 'p', 'r', { i: 'Int32 1' });
    const writes = [t.prepare('insert', 'p', 'a'), t.prepare('merge', 'p', 'r', { i: 'Int32 2' }, { ifMatch: etag! })];
    assert.deepStrictEqual(await refusal(t.submit(...writes)), {
      code: 'store.precondition-failed',
      status: 412,
      serviceCode: 'UpdateConditionNotSatisfied',
      operation: 1,
    });
    assert.deepStrictEqual(await t.keys(), ['r']);
  }),
  rule('doc', 'a transaction has at most 100 writes', async (t) => {
    const writes = Array.from({ length: 101 }, (_, index) => t.prepare('insert', 'p', String(index)));
    assertIncludes(await refusal(t.submit(...writes)), {
      code: 'store.rejected',
      status: 400,
      serviceCode: 'InvalidInput',
    });
    assert.deepStrictEqual(await t.keys(), []);
    assert.strictEqual((await t.submit(...writes.slice(1))).length, 100);
    assert.strictEqual((await t.keys()).length, 100);
  }),
  rule('live', 'an entity may appear only once in a transaction', async (t) => {
    const writes = [t.prepare('insert', 'p', 'a'), t.prepare('insert', 'p', 'b'), t.prepare('upsert-merge', 'p', 'a')];
    assert.deepStrictEqual(await refusal(t.submit(...writes)), {
      code: 'store.rejected',
      status: 400,
      serviceCode: 'InvalidDuplicateRow',
      operation: 2,
    });
    assert.deepStrictEqual(await t.keys(), []);
  }),
  rule('live', 'all writes of a transaction must be in one partition', async (t) => {
    assertIncludes(await refusal(t.submit(t.prepare('insert', 'p', 'a'), t.prepare('insert', 'q', 'a'))), {
      code: 'store.rejected',
      status: 400,
      serviceCode: 'CommandsInBatchActOnDifferentPartitions',
    });
    assert.deepStrictEqual(await t.keys(), []);
  }),
  rule('doc', 'the body of a transaction has at most 4 MiB', async (t) => {
    const large = Object.fromEntries(
      Array.from({ length: 15 }, (_, index) => [`b${index}`, `Binary ${'ab'.repeat(64 * KIB)}` as const]),
    );
    const writes = Array.from({ length: 5 }, (_, index) => t.prepare('insert', 'p', String(index), large));
    assertIncludes(await refusal(t.submit(...writes)), {
      code: 'store.rejected',
      status: 413,
      serviceCode: 'RequestBodyTooLarge',
    });
    assert.deepStrictEqual(await t.keys(), []);
  }),
  rule('live', 'an invalid entity undoes the whole transaction, and the error has its index', async (t) => {
    const writes = [t.prepare('insert', 'p', 'a'), t.prepare('insert', 'p', 'b', { 'a-b': 'Int32 1' })];
    assertIncludes(await refusal(t.submit(...writes)), { code: 'store.rejected', status: 400, operation: 1 });
    assert.deepStrictEqual(await t.keys(), []);
  }),
  rule('doc', 'a transaction may mix writes of several row shapes', async (t) => {
    const other = t.store.rows(t.table, { properties: [{ name: 'only', type: 'Guid' }] });
    const guid = 'c9da6455-213d-42c9-9a79-3e9149a57833';
    const write = other.prepare({ mode: 'insert', partitionKey: 'p', rowKey: 'b', write: (w) => w.guid(0, guid) });
    await t.store.submit(t.table, [t.prepare('insert', 'p', 'a', { i: 'Int32 1' }), write]);
    assert.deepStrictEqual(
      [await t.get('p', 'a'), await t.get('p', 'b')],
      [{ i: 'Int32 1' }, { only: `Guid ${guid}` }],
    );
    assert.strictEqual(SHAPE.properties.length, 8);
  }),
];
