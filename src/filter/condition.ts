import { isDate } from 'node:util/types';
import { isBytes } from '../edm/bytes.js';
import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { isList } from '../options/check-option.js';
import type { ComparisonOperator } from '../store/filter-node.js';
import { flattened } from './flattened.js';
import { Guid } from '../edm/guid.js';

/** The operators that filters can apply to a property. */
export type Operator = ComparisonOperator | 'in' | 'between' | 'startsWith' | 'isPresent' | 'isMissing';

/** A test of one property, with its name in the class and the operands that the application passed. */
export interface Test {
  readonly kind: 'test';
  readonly property: string;
  readonly operator: Operator;
  readonly operands: readonly unknown[];
}

/** A filter that is not yet bound to a class: names and operands are as the application passed them. Frozen. */
export type Condition =
  | Test
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Condition[] }
  | { readonly kind: 'not'; readonly operand: Condition };

/**
 * The maximum nesting depth of `and`, `or` and `not`. The functions that visit conditions are recursive, so this bounds
 * their stack.
 */
const DEEPEST = 100;

/**
 * The maximum number of comparisons in a condition. A nested condition that occurs several times counts each time,
 * because it is visited each time.
 */
const LARGEST = 100_000;

/** The number of operands that each operator takes. */
const OPERANDS: Readonly<Record<Operator, { readonly least: number; readonly most: number }>> = {
  eq: { least: 1, most: 1 },
  ne: { least: 1, most: 1 },
  gt: { least: 1, most: 1 },
  ge: { least: 1, most: 1 },
  lt: { least: 1, most: 1 },
  le: { least: 1, most: 1 },
  in: { least: 0, most: Infinity },
  between: { least: 2, most: 2 },
  startsWith: { least: 1, most: 1 },
  isPresent: { least: 0, most: 0 },
  isMissing: { least: 0, most: 0 },
};

/** Returns whether a value, such as a name in JSON, is the name of an operator. */
export function isOperator(name: unknown): name is Operator {
  return typeof name === 'string' && Object.hasOwn(OPERANDS, name);
}

/**
 * Creates a test. Throws `query.invalid-operand` for a wrong number of operands, and for `null` and `undefined`, which
 * no property can be compared with.
 */
export function test(property: string, operator: Operator, operands: unknown): Test {
  const refuse = (expected: string, found: string): never => {
    throw new EntitableError(
      'query.invalid-operand',
      `"${operator}" on "${property}" takes ${expected}, not ${found}.`,
      {
        property,
        operator,
        expected,
        found,
      },
    );
  };
  if (!isList(operands)) return refuse('an array of values', typeName(operands));
  const { least, most } = OPERANDS[operator];
  if (operands.length < least || operands.length > most) {
    return refuse(least === 1 ? '1 operand' : `${least} operands`, String(operands.length));
  }
  const absent = operands.find((operand) => operand === undefined || operand === null);
  if (operands.includes(undefined) || operands.includes(null)) {
    return refuse('a value (isPresent and isMissing ask for absence)', typeName(absent));
  }
  return Object.freeze({ kind: 'test', property, operator, operands: Object.freeze(operands.map(snapshot)) });
}

/**
 * Joins conditions; a single one is returned as it is. Nested operands are not flattened here, so that a loop which
 * adds conditions one by one does not copy the previous ones each time. Throws `query.invalid-filter` for more than
 * {@link LARGEST} comparisons.
 */
export function joined(kind: 'and' | 'or', operands: readonly Condition[]): Condition {
  const [first] = operands;
  if (operands.length === 1 && first !== undefined) return first;
  const size = operands.reduce((sum, operand) => sum + sizeOf(operand), 0);
  if (size > LARGEST) throw unusable(`it has more than ${LARGEST} comparisons`, 'Say the same with fewer of them');
  return sized({ kind, operands: Object.freeze([...operands]) }, size);
}

/** Returns the negation of a condition. */
export function negated(operand: Condition): Condition {
  return sized({ kind: 'not', operand }, sizeOf(operand));
}

/**
 * The number of comparisons in each condition. A nested condition that occurs several times counts each time, because
 * joining a filter with itself doubles the number of visits.
 */
const sizes = new WeakMap<Condition, number>();

function sized(condition: Condition, size: number): Condition {
  sizes.set(condition, size);
  return Object.freeze(condition);
}

function sizeOf(condition: Condition): number {
  return sizes.get(condition) ?? (condition.kind === 'test' ? Math.max(condition.operands.length, 1) : 1);
}

/**
 * Throws `query.invalid-filter` if a recursive function has descended deeper into a condition than {@link DEEPEST}, so
 * that a deeply nested filter from a client cannot overflow the stack.
 */
export function checkDepth(depth: number): void {
  if (depth <= DEEPEST) return;
  throw unusable(`it nests more than ${DEEPEST} deep`, 'Say the same with fewer changes between and, or and not');
}

function unusable(reason: string, remedy: string): EntitableError {
  return new EntitableError('query.invalid-filter', `The filter cannot be used: ${reason}. ${remedy}.`, { reason });
}

/** Copies dates and bytes, so that a filter does not change when the application modifies them later. */
function snapshot(operand: unknown): unknown {
  if (isDate(operand)) return new Date(operand.getTime());
  return isBytes(operand) ? new Uint8Array(operand) : operand;
}

/**
 * Returns a readable text of a condition for logs, with its names and operators. `…` stands for each operand, because
 * values must not be logged, and for conditions that are nested deeper than {@link DEEPEST}.
 */
export function conditionText(condition: Condition, depth = 0): string {
  if (depth > DEEPEST) return '…';
  switch (condition.kind) {
    case 'test':
      return testText(condition);
    case 'not':
      return `not (${conditionText(condition.operand, depth + 1)})`;
    default:
      return flattened(condition)
        .map((operand) => {
          const text = conditionText(operand, depth + 1);
          return operand.kind === 'and' || operand.kind === 'or' ? `(${text})` : text;
        })
        .join(` ${condition.kind} `);
  }
}

function testText({ property, operator, operands }: Test): string {
  switch (operator) {
    case 'isPresent':
    case 'isMissing':
      return `${property} ${operator}`;
    case 'in':
      return `${property} in [${operands.length === 1 ? '…' : `… ${operands.length} values`}]`;
    case 'between':
      return `${property} between … and …`;
    default:
      return `${property} ${operator} …`;
  }
}

/** An operand in JSON. Values of types that JSON lacks are objects with one member named after the EDM type. */
export type OperandJSON =
  | string
  | number
  | boolean
  | { readonly Int64: string }
  | { readonly DateTime: string }
  | { readonly Guid: string }
  | { readonly Binary: string };

/** A filter in JSON, as `filterFromJSON` reads it. */
export type FilterJSON =
  | { readonly and: readonly FilterJSON[] }
  | { readonly or: readonly FilterJSON[] }
  | { readonly not: FilterJSON }
  | { readonly property: string; readonly operator: string; readonly operands?: readonly OperandJSON[] };

/**
 * Converts a condition to JSON. Throws `query.invalid-filter` for an operand that has no JSON form, such as an instance
 * of a converter's class, and for a condition that is nested deeper than {@link DEEPEST}.
 */
export function conditionJSON(condition: Condition, depth = 0): FilterJSON {
  if (depth > DEEPEST) throw unwritable(`it nests more than ${DEEPEST} deep`);
  const inner = (operand: Condition): FilterJSON => conditionJSON(operand, depth + 1);
  switch (condition.kind) {
    case 'and':
      return { and: flattened(condition).map(inner) };
    case 'or':
      return { or: flattened(condition).map(inner) };
    case 'not':
      return { not: inner(condition.operand) };
    case 'test': {
      const { property, operator, operands } = condition;
      return {
        property,
        operator,
        ...((operator === 'in' || operands.length > 0) && { operands: operands.map(operandJSON) }),
      };
    }
    default:
      return condition satisfies never;
  }
}

function operandJSON(operand: unknown): OperandJSON {
  if (
    typeof operand === 'string' ||
    typeof operand === 'boolean' ||
    (typeof operand === 'number' && Number.isFinite(operand))
  )
    return operand;
  if (typeof operand === 'bigint') return { Int64: String(operand) };
  if (isDate(operand) && !Number.isNaN(operand.getTime())) return { DateTime: operand.toISOString() };
  if (Guid.is(operand)) return { Guid: operand.toString() };
  if (isBytes(operand)) return { Binary: Buffer.from(operand).toString('base64') };
  throw unwritable(`an operand is ${typeName(operand)}, which has no JSON form`);
}

function unwritable(reason: string): EntitableError {
  return new EntitableError('query.invalid-filter', `The filter cannot be written as JSON: ${reason}.`, { reason });
}
