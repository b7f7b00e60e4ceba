import assert from 'node:assert/strict';
import { etagOf, instantOfEtag, parseDateTime } from '../../edm/date-time.js';
import { assertIncludes, rule, type Rule } from './rule.js';
import { refusal } from './table-fixture.js';

const notFound = { code: 'store.not-found', status: 404, serviceCode: 'ResourceNotFound' };
const preconditionFailed = {
  code: 'store.precondition-failed',
  status: 412,
  serviceCode: 'UpdateConditionNotSatisfied',
};
const malformed = { code: 'store.rejected', status: 400, serviceCode: 'InvalidInput' };
const conditional = ['merge', 'replace', 'delete'] as const;
const upserts = ['upsert-merge', 'upsert-replace'] as const;

/**
 * Values for `ifMatch` that differ from the ETag of a row: a name, a function that derives the value from the row's
 * ETag, and the error that a write with this value causes.
 */
const ETAGS: readonly (readonly [
  name: string,
  of: (etag: string) => string,
  expected: typeof malformed | typeof preconditionFailed,
])[] = [
  ['a malformed ETag', () => 'no etag', malformed],
  ["the row's ETag in strong form", (etag) => etag.slice('W/'.length), malformed],
  ["the row's ETag without quotes", (etag) => etag.replaceAll('"', ''), malformed],
  ['two ETags', (etag) => `${etag}, ${etag}`, malformed],
  ["the row's ETag with a lower-case w", (etag) => etag.replace('W', 'w'), preconditionFailed],
  ['an empty weak ETag', () => 'W/""', preconditionFailed],
];

/** Rules about the modes of a write: how each treats the stored row and ETags. */
export const writeRules: readonly Rule[] = [
  rule('doc', 'an insert of an existing row fails with EntityAlreadyExists and changes nothing', async (t) => {
    await t.write('insert', 'p', 'r', { i: 'Int32 1' });
    assertIncludes(await refusal(t.write('insert', 'p', 'r', { i: 'Int32 2' })), {
      code: 'store.already-exists',
      status: 409,
      serviceCode: 'EntityAlreadyExists',
    });
    assert.deepStrictEqual(await t.get('p', 'r'), { i: 'Int32 1' });
  }),
  ...conditional.map((mode) =>
    rule('doc', `a ${mode} of a missing row fails with ResourceNotFound`, async (t) => {
      assertIncludes(await refusal(t.write(mode, 'p', 'r')), notFound);
      assertIncludes(await refusal(t.write(mode, 'p', 'r', {}, { ifMatch: etagOf(0, 0) })), notFound);
    }),
  ),
  ...conditional.map((mode) =>
    rule('doc', `a ${mode} with an ETag succeeds only if the row still has that ETag`, async (t) => {
      const { etag } = await t.write('insert', 'p', 'r', { i: 'Int32 1' });
      const { etag: newer } = await t.write('merge', 'p', 'r', { i: 'Int32 2' });
      assertIncludes(await refusal(t.write(mode, 'p', 'r', { i: 'Int32 3' }, { ifMatch: etag! })), preconditionFailed);
      assert.deepStrictEqual(await t.get('p', 'r'), { i: 'Int32 2' });
      await t.write(mode, 'p', 'r', { i: 'Int32 3' }, { ifMatch: newer! });
      assert.deepStrictEqual(await t.get('p', 'r'), mode === 'delete' ? undefined : { i: 'Int32 3' });
    }),
  ),
  ...conditional.map((mode) =>
    rule('doc', `a ${mode} with the ETag "*" succeeds whatever ETag the row has`, async (t) => {
      await t.write('insert', 'p', 'r', { i: 'Int32 1' });
      await t.write(mode, 'p', 'r', { i: 'Int32 2' }, { ifMatch: '*' });
      assert.deepStrictEqual(await t.get('p', 'r'), mode === 'delete' ? undefined : { i: 'Int32 2' });
    }),
  ),
  ...conditional.flatMap((mode) =>
    ETAGS.map(([name, ifMatchOf, expected]) =>
      rule('doc', `a ${mode} with ${name} fails with ${expected.serviceCode}`, async (t) => {
        const { etag } = await t.write('insert', 'p', 'r', { i: 'Int32 1' });
        const change = { i: 'Int32 2' } as const;
        assertIncludes(await refusal(t.write(mode, 'p', 'r', change, { ifMatch: ifMatchOf(etag!) })), expected);
        assert.deepStrictEqual(await t.get('p', 'r'), { i: 'Int32 1' });
      }),
    ),
  ),
  ...upserts.map((mode) =>
    rule('doc', `an ${mode} inserts a missing row`, async (t) => {
      await t.write(mode, 'p', 'r', { i: 'Int32 1' });
      assert.deepStrictEqual(await t.get('p', 'r'), { i: 'Int32 1' });
    }),
  ),
  ...(['merge', 'upsert-merge'] as const).map((mode) =>
    rule('doc', `a ${mode} keeps the properties that it does not name, whatever their types`, async (t) => {
      await t.write('insert', 'p', 'r', {
        s: 'String a',
        i: 'Int32 1',
        other: 'DateTime 2020-01-01T00:00:00.1234567Z',
        blob: 'Binary 00ff',
      });
      await t.write(mode, 'p', 'r', { i: 'Int32 2', b: 'Boolean true' });
      assert.deepStrictEqual(await t.get('p', 'r'), {
        s: 'String a',
        i: 'Int32 2',
        other: 'DateTime 2020-01-01T00:00:00.1234567Z',
        blob: 'Binary 00ff',
        b: 'Boolean true',
      });
    }),
  ),
  ...(['replace', 'upsert-replace'] as const).map((mode) =>
    rule('doc', `a ${mode} removes the properties that it does not name`, async (t) => {
      await t.write('insert', 'p', 'r', { s: 'String a', i: 'Int32 1', other: 'Int64 5' });
      await t.write(mode, 'p', 'r', { i: 'Int32 2' });
      assert.deepStrictEqual(await t.get('p', 'r'), { i: 'Int32 2' });
    }),
  ),
  rule('doc', 'a merge may change the type of a property', async (t) => {
    await t.write('insert', 'p', 'r', { s: 'String a', i: 'Int32 1', l: 'Int64 1' });
    await t.write('merge', 'p', 'r', { i: 'String one' });
    assert.deepStrictEqual(await t.get('p', 'r'), { s: 'String a', i: 'String one', l: 'Int64 1' });
  }),
  rule('doc', 'a merge without properties still writes the row', async (t) => {
    const { etag } = await t.write('insert', 'p', 'r', { i: 'Int32 1' });
    const { etag: newer } = await t.write('merge', 'p', 'r');
    assert.strictEqual(typeof newer, 'string');
    assert.notStrictEqual(newer, etag);
    assert.deepStrictEqual(await t.get('p', 'r'), { i: 'Int32 1' });
  }),
  rule('rec', 'the ETag is a function of the timestamp', async (t) => {
    const { etag } = await t.write('insert', 'p', 'r');
    assert.strictEqual(await t.etag('p', 'r'), etag);
    assert.deepStrictEqual(instantOfEtag(etag!), parseDateTime((await t.timestamp('p', 'r'))!));
  }),
  rule('rec', 'every write of a row changes its ETag and advances its timestamp', async (t) => {
    const seen: string[] = [];
    await t.write('insert', 'p', 'r');
    for (const mode of ['merge', 'replace', 'upsert-merge', 'upsert-replace', 'merge', 'merge'] as const) {
      seen.push((await t.timestamp('p', 'r'))!);
      await t.write(mode, 'p', 'r');
    }
    const instants = seen
      .map((text) => parseDateTime(text)!)
      .map(({ milliseconds, ticks }) => [milliseconds, ticks] as const);
    const sorted = instants.toSorted(([a, b], [c, d]) => a - c || b - d);
    assert.deepStrictEqual(instants, sorted);
    assert.strictEqual(new Set(seen).size, seen.length);
  }),
  rule('doc', 'the receipt of a delete has no ETag', async (t) => {
    await t.write('insert', 'p', 'r');
    assert.ok(!('etag' in (await t.write('delete', 'p', 'r'))));
  }),
  rule('doc', 'a removal deletes the named properties and keeps the others exactly', async (t) => {
    await t.write('insert', 'p', 'r', {
      s: 'String a',
      i: 'Int32 1',
      extra: 'DateTime 2020-01-01T00:00:00.1234567Z',
      d: 'Double 0.1',
    });
    const { etag } = await t.write('merge', 'p', 'r', { b: 'Boolean true' });
    await t.write('merge', 'p', 'r', { i: 'Int32 2' }, { ifMatch: etag!, remove: ['s', 'd', 'absent'] });
    assert.deepStrictEqual(await t.get('p', 'r'), {
      i: 'Int32 2',
      extra: 'DateTime 2020-01-01T00:00:00.1234567Z',
      b: 'Boolean true',
    });
  }),
  rule('doc', 'a removal with an outdated ETag is refused', async (t) => {
    const { etag } = await t.write('insert', 'p', 'r', { s: 'String a' });
    await t.write('merge', 'p', 'r');
    assertIncludes(
      await refusal(t.write('merge', 'p', 'r', {}, { ifMatch: etag!, remove: ['s'] })),
      preconditionFailed,
    );
    assert.deepStrictEqual(await t.get('p', 'r'), { s: 'String a' });
  }),
];
