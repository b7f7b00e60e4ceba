import { typeName } from '../edm/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
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
  if (!Array.isArray(operands)) return refuse('an array of values', typeName(operands));
  const { least, most } = OPERANDS[operator];
  if (operands.length < least || operands.length > most) {
    return refuse(least === 1 ? '1 operand' : `${least} operands`, String(operands.length));
  }
  const absent = operands.find((operand) => operand === undefined || operand === null) as null | undefined;
  if (operands.includes(undefined) || operands.includes(null)) {
    return refuse('a value (isPresent and isMissing ask for absence)', typeName(absent));
  }
  return Object.freeze({ kind: 'test', property, operator, operands: Object.freeze(operands.map(snapshot)) });
}

/** Joins conditions; one alone is itself. What is joined is not copied, so that a condition can grow by one in a loop. */
export function joined(kind: 'and' | 'or', operands: readonly Condition[]): Condition {
  const [first] = operands;
  return operands.length === 1 && first !== undefined
    ? first
    : Object.freeze({ kind, operands: Object.freeze([...operands]) });
}

/** The opposite of a condition. */
export function negated(operand: Condition): Condition {
  return Object.freeze({ kind: 'not', operand });
}

/** Refuses to go deeper into a condition than {@link DEEPEST}: a filter whose nesting is somebody else's choice must not end the stack. */
export function checkDepth(depth: number): void {
  if (depth <= DEEPEST) return;
  const reason = `it nests more than ${DEEPEST} deep`;
  throw new EntitableError(
    'query.invalid-filter',
    `The filter cannot be used: ${reason}. Say the same with fewer changes between and, or and not.`,
    { reason },
  );
}

/** A filter does not change when a date or bytes that were put into it do. */
function snapshot(operand: unknown): unknown {
  if (operand instanceof Date) return new Date(operand.getTime());
  return operand instanceof Uint8Array ? new Uint8Array(operand) : operand;
}
