import assert from 'node:assert/strict';
import { comparison, junction, negation, type ComparisonOperator, type FilterNode } from '../../store/filter-node.js';
import { assertIncludes, rule, type Evidence, type Rule } from './rule.js';
import { refusal, type Properties, type TableFixture } from './table-fixture.js';
import { typedValue, type TypedText } from './typed-text.js';

const GUID = 'c9da6455-213d-42c9-9a79-3e9149a57833';

/** Rows by row key, each with the properties that distinguish it from the other rows. */
const ROWS: Readonly<Record<string, Properties>> = {
  b0: { b: 'Boolean false' },
  b1: { b: 'Boolean true' },
  dInf: { d: 'Double Infinity' },
  dNaN: { d: 'Double NaN' },
  dNegInf: { d: 'Double -Infinity' },
  dBig: { d: 'Double 1.7976931348623157e+308' },
  dSmall: { d: 'Double 1.25e-10' },
  dTiny: { d: 'Double -5e-324' },
  d15: { d: 'Double 1.5' },
  d2: { d: 'Double 2.5' },
  g0: { g: 'Guid 00000000-0000-0000-0000-000000000000' },
  g1: { g: `Guid ${GUID}` },
  i10: { i: 'Int32 10' },
  i5: { i: 'Int32 5', s: 'String with' },
  iNeg: { i: 'Int32 -5' },
  l1: { l: 'Int64 9007199254740993' },
  l2: { l: 'Int64 9007199254740992' },
  lNeg: { l: 'Int64 -1' },
  s0: { s: 'String ' },
  sA: { s: 'String A' },
  sa: { s: 'String a' },
  sab: { s: 'String ab' },
  sq: { s: "String it's" },
  su: { s: 'String \u{1f600}' },
  sz: { s: 'String \uff21' },
  t0: { t: 'DateTime 2019-12-31T23:59:59.9999999Z' },
  t1: { t: 'DateTime 2020-01-01T00:00:00Z' },
  t2: { t: 'DateTime 2020-01-01T00:00:00.0000001Z' },
  u: { undeclared: 'Int32 7' },
  x0: { x: 'Binary ' },
  x1: { x: 'Binary 010232' },
  x2: { x: 'Binary ff' },
};

const ALL = Object.keys(ROWS).toSorted();

function is(property: string, operator: ComparisonOperator, operand: TypedText): FilterNode {
  return comparison(property, operator, typedValue(operand));
}

function without(...keys: readonly string[]): readonly string[] {
  return ALL.filter((key) => !keys.includes(key));
}

const and = (...operands: readonly FilterNode[]): FilterNode => junction('and', operands);
const or = (...operands: readonly FilterNode[]): FilterNode => junction('or', operands);
const not = negation;

/** Filters by name, each with the evidence for its result and the keys of the rows in `ROWS` that it matches. */
const FOUND: readonly (readonly [Evidence, string, FilterNode, readonly string[]])[] = [
  ['doc', 'i eq 5 finds the matching rows', is('i', 'eq', 'Int32 5'), ['i5']],
  ['doc', 'i ne 5 finds only rows that have i', is('i', 'ne', 'Int32 5'), ['i10', 'iNeg']],
  ['doc', 'i gt 5 finds the matching rows', is('i', 'gt', 'Int32 5'), ['i10']],
  ['doc', 'i ge 5 finds the matching rows', is('i', 'ge', 'Int32 5'), ['i10', 'i5']],
  ['doc', 'i lt 5 finds the matching rows', is('i', 'lt', 'Int32 5'), ['iNeg']],
  ['doc', 'i le 5 finds the matching rows', is('i', 'le', 'Int32 5'), ['i5', 'iNeg']],
  ['doc', 'd gt 1.5 finds the matching rows', is('d', 'gt', 'Double 1.5'), ['d2', 'dBig', 'dInf']],
  ['doc', 'd lt 1.6 finds the matching rows', is('d', 'lt', 'Double 1.6'), ['d15', 'dNegInf', 'dSmall', 'dTiny']],
  ['doc', 'd eq a large Double finds the matching rows', is('d', 'eq', 'Double 1.7976931348623157e+308'), ['dBig']],
  ['doc', 'd eq a small Double finds the matching rows', is('d', 'eq', 'Double 1.25e-10'), ['dSmall']],
  ['doc', 'd eq the smallest Double finds the matching rows', is('d', 'eq', 'Double -5e-324'), ['dTiny']],
  ['doc', 'd lt a small Double finds the matching rows', is('d', 'lt', 'Double 1.25e-10'), ['dNegInf', 'dTiny']],
  ['doc', 'l eq 9007199254740993L compares exactly', is('l', 'eq', 'Int64 9007199254740993'), ['l1']],
  ['doc', 'l gt 9007199254740992L compares exactly', is('l', 'gt', 'Int64 9007199254740992'), ['l1']],
  ['doc', 'l lt 0L finds the matching rows', is('l', 'lt', 'Int64 0'), ['lNeg']],
  ['doc', 'b eq true finds the matching rows', is('b', 'eq', 'Boolean true'), ['b1']],
  ['doc', 'b ne true finds the matching rows', is('b', 'ne', 'Boolean true'), ['b0']],
  ['doc', 't eq a moment compares at 100 ns', is('t', 'eq', 'DateTime 2020-01-01T00:00:00Z'), ['t1']],
  ['doc', 't gt a moment compares at 100 ns', is('t', 'gt', 'DateTime 2020-01-01T00:00:00Z'), ['t2']],
  ['doc', 't lt a moment compares at 100 ns', is('t', 'lt', 'DateTime 2020-01-01T00:00:00Z'), ['t0']],
  ['doc', 'g eq a Guid finds the matching rows', is('g', 'eq', `Guid ${GUID}`), ['g1']],
  ['doc', 'g ne a Guid finds the matching rows', is('g', 'ne', `Guid ${GUID}`), ['g0']],
  ['doc', 'x eq a Binary finds the matching rows', is('x', 'eq', 'Binary 010232'), ['x1']],
  ['doc', 'x ne a Binary finds the matching rows', is('x', 'ne', 'Binary 010232'), ['x0', 'x2']],
  ['live', 'x gt a Binary compares in byte order', is('x', 'gt', 'Binary 010232'), ['x2']],
  ['doc', "s eq 'a' is case-sensitive", is('s', 'eq', 'String a'), ['sa']],
  ['doc', 's eq with a quote finds the matching rows', is('s', 'eq', "String it's"), ['sq']],
  ['doc', "s eq '' finds the matching rows", is('s', 'eq', 'String '), ['s0']],
  ['php', "s ne '' finds only rows that have s", is('s', 'ne', 'String '), ['i5', 'sA', 'sa', 'sab', 'sq', 'su', 'sz']],
  ['php', "s gt '' finds only rows that have s", is('s', 'gt', 'String '), ['i5', 'sA', 'sa', 'sab', 'sq', 'su', 'sz']],
  ['php', "s lt '' finds nothing", is('s', 'lt', 'String '), []],
  [
    'doc',
    'a range of strings finds a prefix',
    and(is('s', 'ge', 'String a'), is('s', 'lt', 'String b')),
    ['sa', 'sab'],
  ],
  ['doc', 'strings are compared ordinally', is('s', 'lt', 'String a'), ['s0', 'sA']],
  ['doc', 'a String does not match a DateTime', is('t', 'eq', 'String 2020-01-01T00:00:00Z'), []],
  ['doc', 'a String does not match a Guid', is('g', 'eq', `String ${GUID}`), []],
  [
    'doc',
    'a conjunction finds the rows that both operands find',
    and(is('i', 'eq', 'Int32 5'), is('s', 'eq', 'String with')),
    ['i5'],
  ],
  [
    'doc',
    'a disjunction finds the rows that either operand finds',
    or(is('i', 'eq', 'Int32 10'), is('s', 'eq', 'String a')),
    ['i10', 'sa'],
  ],
  ['php', 'a negation finds the rows without the property too', not(is('i', 'eq', 'Int32 5')), without('i5')],
  [
    'php',
    'not (i ne 5) finds the rows without the property too',
    not(is('i', 'ne', 'Int32 5')),
    without('i10', 'iNeg'),
  ],
  ['php', 'a double negation finds the same rows as the filter itself', not(not(is('i', 'eq', 'Int32 5'))), ['i5']],
  [
    'php',
    'a conjunction with a missing property is false',
    and(is('i', 'eq', 'Int32 5'), is('absent', 'ne', 'Int32 1')),
    [],
  ],
  [
    'php',
    'a disjunction with a missing property is true if its other operand is',
    or(is('i', 'eq', 'Int32 5'), is('absent', 'ne', 'Int32 1')),
    ['i5'],
  ],
  [
    'php',
    'the negation of a disjunction with a missing property is true if its other operand is false',
    not(or(is('absent', 'eq', 'Int32 1'), is('i', 'eq', 'Int32 5'))),
    without('i5'),
  ],
  [
    'php',
    'the negation of a conjunction with a missing property is true',
    not(and(is('absent', 'eq', 'Int32 1'), is('i', 'eq', 'Int32 5'))),
    ALL,
  ],
  [
    'php',
    'not (i eq 0 or i ne 0) finds the rows that lack i',
    not(or(is('i', 'eq', 'Int32 0'), is('i', 'ne', 'Int32 0'))),
    without('i10', 'i5', 'iNeg'),
  ],
  ['doc', 'a comparison may name an undeclared property', is('undeclared', 'eq', 'Int32 7'), ['u']],
  ['doc', 'RowKey eq finds the matching rows', is('RowKey', 'eq', 'String sa'), ['sa']],
  [
    'doc',
    'RowKey in a range finds the matching rows',
    and(is('RowKey', 'ge', 'String s0'), is('RowKey', 'lt', 'String sab')),
    ['s0', 'sA', 'sa'],
  ],
  ['doc', 'PartitionKey eq another partition finds nothing', is('PartitionKey', 'eq', 'String q'), []],
  ['doc', 'Timestamp gt a moment long ago finds all rows', is('Timestamp', 'gt', 'DateTime 2001-01-01T00:00:00Z'), ALL],
  ['doc', 'Timestamp lt a moment long ago finds nothing', is('Timestamp', 'lt', 'DateTime 2001-01-01T00:00:00Z'), []],
];

async function seed(t: TableFixture): Promise<void> {
  await t.submit(...ALL.map((key) => t.prepare('insert', 'p', key, ROWS[key])));
}

/** Rules about the rows that filters match, by operator and EDM type. */
export const filterRules: readonly Rule[] = [
  ...FOUND.map(([evidence, name, filter, expected]) =>
    rule(evidence, `filter: ${name}`, async (t) => {
      await seed(t);
      assert.deepStrictEqual(await t.keys({ filter }), expected);
      assert.deepStrictEqual(await t.keys({ partitionKey: 'p', filter }), expected);
    }),
  ),
  ...(['PartitionKey', 'RowKey', 'Timestamp'] as const).map((property) =>
    rule('live', `a filter that compares ${property} with a number fails with InvalidInput`, async (t) => {
      assert.deepStrictEqual(await refusal(t.keys({ filter: is(property, 'eq', 'Int32 12345') })), {
        code: 'store.rejected',
        status: 400,
        serviceCode: 'InvalidInput',
      });
    }),
  ),
  rule('doc', 'a filter has at most 15 comparisons', async (t) => {
    const filter = (count: number): FilterNode =>
      or(...Array.from({ length: count }, (_, i) => is('i', 'eq', `Int32 ${i}`)));
    const { comparisons } = t.store.traits.limits;
    assert.deepStrictEqual(await t.keys({ filter: filter(comparisons) }), []);
    assertIncludes(await refusal(t.keys({ filter: filter(comparisons + 1) })), { code: 'store.rejected' });
  }),
];
