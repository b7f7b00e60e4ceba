import { expect } from 'chai';
import * as fc from 'fast-check';
import { compareValues } from '../../../src/edm/compare.js';
import {
  comparison,
  junction,
  negation,
  type ComparisonOperator,
  type FilterNode,
} from '../../../src/store/filter-node.js';
import { memoryStore } from '../../../src/stores/memory/memory-store.js';
import { TableFixture, type Properties } from '../../../src/testing/conformance/table-fixture.js';
import { split, typedValue, type TypedText } from '../../../src/testing/conformance/typed-text.js';
import { anyProperties, anyValue, RUNS } from './samples.js';

const operator = fc.constantFrom<ComparisonOperator>('eq', 'ne', 'gt', 'ge', 'lt', 'le');
const name = fc.constantFrom('s', 'i', 'd', 'b', 'l', 't', 'g', 'x', 'other', 'constructor', 'absent');

/** Generates a comparison with an arbitrary value, or with one that some row has. */
function leaf(rows: readonly Properties[]): fc.Arbitrary<FilterNode> {
  const stored = rows.flatMap((row) => Object.entries(row));
  const operand = stored.length === 0 ? anyValue.map((value) => ['s', value] as const) : fc.constantFrom(...stored);
  return fc
    .oneof(operand, fc.tuple(name, anyValue))
    .chain(([property, value]) => operator.map((op) => comparison(property, op, typedValue(value))));
}

function filter(rows: readonly Properties[]): fc.Arbitrary<FilterNode> {
  return fc.letrec<{ node: FilterNode }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      leaf(rows),
      fc.tuple(tie('node'), tie('node')).map((operands) => junction('and', operands)),
      fc.tuple(tie('node'), tie('node')).map((operands) => junction('or', operands)),
      tie('node').map(negation),
    ),
  })).node;
}

/**
 * Evaluates a filter by the definition of the service's three-valued logic: comparing a missing property is unknown,
 * and `not unknown` is true.
 */
function evaluate(node: FilterNode, row: Properties): boolean | undefined {
  switch (node.kind) {
    case 'not':
      return evaluate(node.operand, row) !== true;
    case 'and': {
      const values = node.operands.map((operand) => evaluate(operand, row));
      return values.includes(false) ? false : values.includes(undefined) ? undefined : true;
    }
    case 'or': {
      const values = node.operands.map((operand) => evaluate(operand, row));
      return values.includes(true) ? true : values.includes(undefined) ? undefined : false;
    }
    default: {
      const value = Object.hasOwn(row, node.property) ? (row[node.property] as TypedText) : undefined;
      if (value === undefined || split(value).type !== node.operand.type) return undefined;
      return holds(node.operator, order(value, node));
    }
  }
}

function order(value: TypedText, { operand }: Extract<FilterNode, { kind: 'comparison' }>): number {
  const whole = compareValues(operand.type, typedValue(value).value, operand.value);
  if (operand.type !== 'DateTime' || whole !== 0) return whole;
  return /\.\d{3}0*[1-9]/.test(split(value).text) ? 1 : 0;
}

function holds(op: ComparisonOperator, compared: number): boolean {
  return {
    eq: compared === 0,
    ne: compared !== 0,
    gt: compared > 0,
    ge: compared >= 0,
    lt: compared < 0,
    le: compared <= 0,
  }[op];
}

describe('A compiled filter', () => {
  it("A compiled filter finds the rows that the service's three-valued logic defines", async () => {
    const cases = fc
      .array(anyProperties, { minLength: 1, maxLength: 8 })
      .chain((rows) => filter(rows).map((node) => ({ rows, node })));
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, node }) => {
        const store = memoryStore({ limits: { ...memoryStore().traits.limits, comparisons: 1000 } });
        const t = await TableFixture.create(store);
        await t.submit(...rows.map((row, index) => t.prepare('insert', 'p', String(index), row)));
        const expected = rows.flatMap((row, index) => (evaluate(node, row) === true ? [String(index)] : []));
        expect(await t.keys({ filter: node })).to.deep.equal(expected);
      }),
      { ...RUNS, numRuns: 2000 },
    );
  });
});
