import assert from 'node:assert/strict';
import { assertIncludes, rule, type Rule } from './rule.js';
import { firstPage, readProperties, refusal, type Properties } from './table-fixture.js';
import type { TypedText } from './typed-text.js';

const KIB = 1024;

const OWN_NAMES = { constructor: 'Int32 1', toString: 'String x', valueOf: 'Boolean true' } as const;

/**
 * Properties that must be read back exactly as they were written. The keys of the record are descriptions that complete
 * the titles of the tests.
 */
const EXACT: Readonly<Record<string, Properties>> = {
  'an empty String': { s: 'String ' },
  'a String with quotes, braces and line breaks': { s: 'String \'"{}\r\n\t\\' },
  'a Unicode String': { s: 'String é 你好 😀 مرحبا' },
  'the smallest and largest Int32': { i: 'Int32 -2147483648', o: 'Int32 2147483647' },
  'the smallest and largest Int64': { l: 'Int64 -9223372036854775808', o: 'Int64 9223372036854775807' },
  'an Int64 beyond 2^53': { l: 'Int64 9007199254740993' },
  'an integral Double': { d: 'Double 20.0' },
  'the smallest Double': { d: 'Double 5e-324' },
  'the largest Double': { d: 'Double 1.7976931348623157e+308' },
  'the Double NaN': { d: 'Double NaN' },
  'infinite Doubles': { d: 'Double Infinity', o: 'Double -Infinity' },
  'both Booleans': { b: 'Boolean true', o: 'Boolean false' },
  'a DateTime with a precision of 100 ns': { t: 'DateTime 2020-01-01T00:00:00.1234567Z' },
  'the first DateTime': { t: 'DateTime 1601-01-01T00:00:00Z' },
  'the last DateTime': { t: 'DateTime 9999-12-31T23:59:59.9999999Z' },
  'a Guid': { g: 'Guid c9da6455-213d-42c9-9a79-3e9149a57833' },
  'an empty Binary': { x: 'Binary ' },
  'a Binary with every byte value': {
    x: `Binary ${Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('hex')}`,
  },
  'Unicode property names': { größe: 'Int32 1', 名前: 'String x', ñ: 'Boolean true' },
  'properties named like members of Object': OWN_NAMES,
  'property names that differ in case': { I: 'Int32 1', i: 'Int32 2' },
  'undeclared properties of every type': {
    us: 'String x',
    ui: 'Int32 5',
    ud: 'Double 3.0',
    ub: 'Boolean true',
    ul: 'Int64 5',
    ut: 'DateTime 2020-01-01T00:00:00.0000001Z',
    ug: 'Guid c9da6455-213d-42c9-9a79-3e9149a57833',
    ux: 'Binary 0aff',
  },
  'declared properties of other types': { s: 'Int32 1', i: 'String x', t: 'Boolean true' },
};

function many(count: number): Properties {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, 'Int32 1' as const]));
}

function large(megabytes: number): Properties {
  const count = Math.ceil((megabytes * KIB) / 64);
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`b${index}`, `Binary ${'ab'.repeat(64 * KIB)}` as const]),
  );
}

/** Rules about the names, values and limits of properties. */
export const propertyRules: readonly Rule[] = [
  ...Object.entries(EXACT).map(([name, properties]) =>
    rule('rec', `an entity with ${name} is read back exactly`, async (t) => {
      await t.write('insert', 'p', 'r', properties);
      assert.deepStrictEqual(await t.get('p', 'r'), properties);
      assert.deepStrictEqual(await firstPage(t.rows.scan({ undeclared: true }, readProperties)), {
        rows: [properties],
      });
    }),
  ),
  rule('doc', 'a negative zero stays negative', async (t) => {
    await t.write('insert', 'p', 'r', { d: 'Double -0.0' });
    assert.deepStrictEqual(await t.get('p', 'r'), { d: 'Double -0.0' });
  }),
  rule('rec', 'a property named __proto__ is an ordinary property', async (t) => {
    const write = t.rows.prepare({
      mode: 'insert',
      partitionKey: 'p',
      rowKey: 'r',
      write: (writer) => writer.undeclared('__proto__', { type: 'String', text: 'x' }),
    });
    await t.submit(write);
    const found = await t.rows.get('p', 'r', (row) => [...row.undeclared()], { undeclared: true });
    assert.deepStrictEqual(found, [['__proto__', { type: 'String', text: 'x' }]]);
  }),
  rule('doc', 'a Timestamp that a client sends is ignored', async (t) => {
    await t.write('insert', 'p', 'r', { Timestamp: 'DateTime 2001-01-01T00:00:00Z', i: 'Int32 1' });
    assert.deepStrictEqual(await t.get('p', 'r'), { i: 'Int32 1' });
    assert.strictEqual((await t.timestamp('p', 'r'))?.includes('2001-01-01'), false);
  }),
  rule('doc', 'an entity has at most 252 properties', async (t) => {
    const { properties } = t.store.traits.limits;
    await t.write('insert', 'p', 'r', many(properties));
    assert.strictEqual(Object.keys((await t.get('p', 'r'))!).length, properties);
    await refuses(t.write('insert', 'p', 'r2', many(properties + 1)), 'TooManyProperties');
  }),
  rule('doc', 'a merged entity has at most 252 properties', async (t) => {
    await t.write('insert', 'p', 'r', many(t.store.traits.limits.properties));
    await t.write('merge', 'p', 'r', { p0: 'Int32 2' });
    await refuses(t.write('merge', 'p', 'r', { one: 'Int32 1' }), 'TooManyProperties');
    await refuses(t.write('upsert-merge', 'p', 'r', { one: 'Int32 1' }), 'TooManyProperties');
  }),
  rule('live', 'a property name has at most 255 characters', async (t) => {
    const longest = 'n'.repeat(t.store.traits.limits.propertyNameUnits);
    await t.write('insert', 'p', 'r', { [longest]: 'Int32 1' });
    assert.deepStrictEqual(await t.get('p', 'r'), { [longest]: 'Int32 1' });
    await refuses(t.write('insert', 'p', 'r2', { [`${longest}n`]: 'Int32 1' }), 'PropertyNameTooLong');
  }),
  ...['a-b', '1a', 'a b', 'a\u0001'].map((name) =>
    rule('doc', `a property cannot be named ${JSON.stringify(name)}`, async (t) => {
      await refuses(t.write('insert', 'p', 'r', { [name]: 'Int32 1' }), 'PropertyNameInvalid');
    }),
  ),
  rule('doc', 'a String has at most 64 KiB', async (t) => {
    const longest = 'x'.repeat(t.store.traits.limits.stringUnits);
    await t.write('insert', 'p', 'r', { s: `String ${longest}` });
    assert.deepStrictEqual(await t.get('p', 'r'), { s: `String ${longest}` });
    await refuses(t.write('insert', 'p', 'r2', { s: `String ${longest}x` }), 'PropertyValueTooLarge');
  }),
  rule('doc', 'a String of 64 KiB may contain any characters', async (t) => {
    const longest = 'é'.repeat(t.store.traits.limits.stringUnits);
    await t.write('insert', 'p', 'r', { s: `String ${longest}` });
    assert.deepStrictEqual(await t.get('p', 'r'), { s: `String ${longest}` });
  }),
  rule('doc', 'a Binary has at most 64 KiB', async (t) => {
    const longest = 'ab'.repeat(t.store.traits.limits.binaryBytes);
    await t.write('insert', 'p', 'r', { x: `Binary ${longest}` });
    assert.deepStrictEqual(await t.get('p', 'r'), { x: `Binary ${longest}` });
    await refuses(t.write('insert', 'p', 'r2', { x: `Binary ${longest}00` }), 'PropertyValueTooLarge');
  }),
  rule('live', 'an entity has at most 1 MiB', async (t) => {
    const limit = t.store.traits.limits.entityBytes / KIB / KIB;
    await t.write('insert', 'p', 'r', large(limit - 1 / 16));
    await refuses(t.write('insert', 'p', 'r2', large(limit)), 'EntityTooLarge');
  }),
  rule('doc', 'a merged entity has at most 1 MiB', async (t) => {
    const limit = t.store.traits.limits.entityBytes / KIB / KIB;
    await t.write('insert', 'p', 'r', large(limit - 1 / 16));
    await refuses(t.write('merge', 'p', 'r', { more: `Binary ${'ab'.repeat(64 * KIB)}` }), 'EntityTooLarge');
    assert.ok(!Object.keys((await t.get('p', 'r'))!).includes('more'));
  }),
  ...(['DateTime 1600-12-31T23:59:59.9999999Z', 'DateTime 1500-01-01T00:00:00Z'] as const).map((value: TypedText) =>
    rule('doc', `${value} is refused because it is earlier than the first DateTime`, async (t) => {
      assertIncludes(await refusal(t.write('insert', 'p', 'r', { t: value })), {
        code: 'store.rejected',
        status: 400,
      });
    }),
  ),
  ...(
    [
      { o: 'Int32 2147483648' },
      { o: 'Int32 -2147483649' },
      { o: 'Int64 9223372036854775808' },
      { o: 'Guid c9da6455' },
    ] satisfies readonly Properties[]
  ).map((properties: Properties) =>
    rule('php', `${Object.values(properties)[0]} is refused`, async (t) => {
      assertIncludes(await refusal(t.write('insert', 'p', 'r', properties)), {
        code: 'store.rejected',
        status: 400,
      });
    }),
  ),
  rule('doc', 'an entity may have no properties', async (t) => {
    await t.write('insert', 'p', 'r');
    assert.deepStrictEqual(await t.get('p', 'r'), {});
  }),
];

async function refuses(operation: Promise<unknown>, serviceCode: string): Promise<void> {
  assertIncludes(await refusal(operation), { code: 'store.rejected', status: 400, serviceCode });
}
