import { isDate } from 'node:util/types';
import { isBytes } from '../edm/bytes.js';
import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { isList } from '../options/check-option.js';
import type { ComparisonOperator } from '../store/filter-node.js';
import { flattened } from './flattened.js';
import { Guid } from '../edm/guid.js';

/** What a filter can ask of one property. */
export type Operator = ComparisonOperator | 'in' | 'between' | 'startsWith' | 'isPresent' | 'isMissing';

/** Asks one property, by its name in the class, with operands as the application gave them. */
export interface Test {
  readonly kind: 'test';
  readonly property: string;
  readonly operator: Operator;
  readonly operands: readonly unknown[];
}

/** What a filter says, before it meets a class: names and operands are the application's. Frozen. */
export type Condition =
  | Test
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Condition[] }
  | { readonly kind: 'not'; readonly operand: Condition };

/** Changes between `and`, `or` and `not` on the way into a condition, at most: whoever goes into one does so by recursion. */
const DEEPEST = 100;

/** Comparisons in a condition, at most: it is visited as often as it is joined. */
const LARGEST = 100_000;

/** How many operands each operator takes. */
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

/** Whether a name that came from outside is an operator's. */
export function isOperator(name: unknown): name is Operator {
  return typeof name === 'string' && Object.hasOwn(OPERANDS, name);
}

/** Makes a test; refuses operands that no property could be compared with: absent ones, and a wrong number of them. */
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
 * Joins conditions; one alone is itself. What is joined is not copied, so that a condition can grow by one in a loop. Throws
 * `query.invalid-filter` for more than {@link LARGEST} comparisons.
 */
export function joined(kind: 'and' | 'or', operands: readonly Condition[]): Condition {
  const [first] = operands;
  if (operands.length === 1 && first !== undefined) return first;
  const size = operands.reduce((sum, operand) => sum + sizeOf(operand), 0);
  if (size > LARGEST) throw unusable(`it has more than ${LARGEST} comparisons`, 'Say the same with fewer of them');
  return sized({ kind, operands: Object.freeze([...operands]) }, size);
}

/** The opposite of a condition. */
export function negated(operand: Condition): Condition {
  return sized({ kind: 'not', operand }, sizeOf(operand));
}

/** Comparisons by condition, each counted wherever it stands: a filter that is joined with itself doubles the work of whoever uses it. */
const sizes = new WeakMap<Condition, number>();

function sized(condition: Condition, size: number): Condition {
  sizes.set(condition, size);
  return Object.freeze(condition);
}

function sizeOf(condition: Condition): number {
  return sizes.get(condition) ?? (condition.kind === 'test' ? Math.max(condition.operands.length, 1) : 1);
}

/** Refuses to go deeper into a condition than {@link DEEPEST}: a filter whose nesting is somebody else's choice must not end the stack. */
export function checkDepth(depth: number): void {
  if (depth <= DEEPEST) return;
  throw unusable(`it nests more than ${DEEPEST} deep`, 'Say the same with fewer changes between and, or and not');
}

function unusable(reason: string, remedy: string): EntitableError {
  return new EntitableError('query.invalid-filter', `The filter cannot be used: ${reason}. ${remedy}.`, { reason });
}

/** A filter does not change when a date or bytes that were put into it do. */
function snapshot(operand: unknown): unknown {
  if (isDate(operand)) return new Date(operand.getTime());
  return isBytes(operand) ? new Uint8Array(operand) : operand;
}

/** A condition to read: names and operators, each operand as `…`, because values belong into no log; `…` also for what nests too deep. */
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

/** An operand in JSON: types that JSON does not have are an object of one member, named like the EDM type. */
export type OperandJSON =
  | string
  | number
  | boolean
  | { readonly Int64: string }
  | { readonly DateTime: string }
  | { readonly Guid: string }
  | { readonly Binary: string };

/** A filter in JSON, which `filterFromJSON` reads. */
export type FilterJSON =
  | { readonly and: readonly FilterJSON[] }
  | { readonly or: readonly FilterJSON[] }
  | { readonly not: FilterJSON }
  | { readonly property: string; readonly operator: string; readonly operands?: readonly OperandJSON[] };

/**
 * Writes a condition as JSON. Throws `query.invalid-filter` for an operand that has no JSON form, such as a converter's own class, and
 * for a condition that nests too deep.
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
