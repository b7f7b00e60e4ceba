import { isDate } from 'node:util/types';
import { isBytes } from '../metadata/bytes.js';
import { typeName } from '../edm/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { isList } from '../errors/options.js';
import type { ComparisonOperator } from '../store/filter-node.js';

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
export const DEEPEST = 100;

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
