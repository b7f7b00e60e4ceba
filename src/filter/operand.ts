import { typeName } from '../errors/type-name.js';
import type { EdmType, TypedValue } from '../edm/edm-type.js';
import { EntitableError } from '../errors/entitable-error.js';
import { refusalReason, type AnyConverter } from '../metadata/converter.js';
import type { ComparisonOperator } from '../store/filter-node.js';
import { VALUE_RULES, type ValueRule } from '../edm/value-rules.js';

/**
 * The operators with one operand. `in`, `between` and the tests for presence are replaced by these operators
 * beforehand.
 */
export type OneOperand = ComparisonOperator | 'startsWith';

/** The subject of a comparison: a stored property, the timestamp, or a part of a key. */
export interface TestedProperty {
  readonly className: string;
  readonly name: string;
  /** The stored type. */
  readonly type: EdmType;
  readonly converter?: AnyConverter | undefined;
}

const REVERSED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  eq: 'eq',
  ne: 'ne',
  gt: 'lt',
  ge: 'le',
  lt: 'gt',
  le: 'ge',
};
const WITHOUT_ORDER: ReadonlySet<EdmType> = new Set(['Binary', 'Boolean', 'Guid']);

/** Returns whether the stored values can be compared by an operator. */
export function isComparable(subject: TestedProperty, operator: OneOperand): boolean {
  return obstacle(subject, operator) === undefined;
}

/**
 * Returns the operator to apply to the stored values: it is reversed if the converter reverses the order. Throws
 * `query.not-comparable`.
 */
export function storedOperator(subject: TestedProperty, operator: OneOperand, asked: string): OneOperand {
  const problem = obstacle(subject, operator);
  if (problem !== undefined) throw notComparable(subject, asked, problem);
  return operator !== 'startsWith' && subject.converter?.order === 'reversed' ? REVERSED[operator] : operator;
}

/** Converts an operand to its stored form and checks it against the stored type. Throws `query.invalid-operand`. */
export function storedOperand(
  { className, name, type, converter }: TestedProperty,
  operand: unknown,
  asked: string,
): TypedValue {
  const { value, reason } =
    converter === undefined ? { value: operand, reason: undefined } : converted(converter, operand);
  const { expected, wrong } = OPERAND_RULES[type];
  const found = reason === undefined ? mistake(wrong, value) : typeName(operand);
  if (found === undefined) return { type, value } as TypedValue;
  const what = reason === undefined ? expected : `what its converter takes (${reason})`;
  throw new EntitableError(
    'query.invalid-operand',
    `"${asked}" on ${className}.${name} (Edm.${type}) takes ${what}, not ${found}.`,
    {
      property: name,
      operator: asked,
      expected: what,
      found,
    },
  );
}

/**
 * Returns a description of an operand that is not valid; `undefined` for a valid one. Inspecting a proxy may throw, so
 * the operand's type is then returned as the description.
 */
function mistake(wrong: (value: unknown) => string | undefined, value: unknown): string | undefined {
  try {
    return wrong(value);
  } catch {
    return typeName(value);
  }
}

/** Creates the error for an operator that the stored values cannot be compared by. */
export function notComparable(
  { className, name }: Pick<TestedProperty, 'className' | 'name'>,
  asked: string,
  why: string,
): EntitableError {
  return new EntitableError('query.not-comparable', `${className}.${name} cannot be compared by "${asked}": ${why}.`, {
    property: name,
    operator: asked,
  });
}

function obstacle({ type, converter }: TestedProperty, operator: OneOperand): string | undefined {
  switch (operator) {
    case 'eq':
    case 'ne':
      return converter?.equality === false
        ? 'its converter may store equal values in different forms. Filter by another property, or test the results'
        : undefined;
    case 'startsWith':
      if (converter !== undefined)
        return 'it has a converter, and what is stored need not begin as the value does. Use eq, ne or in';
      return type === 'String' ? undefined : `it is stored as Edm.${type}, and only strings begin with something`;
    default:
      if (converter !== undefined && (converter.order ?? 'none') === 'none') {
        return "its converter declares no order. Use eq, ne or in, or a converter with order: 'preserved' or 'reversed'";
      }
      return WITHOUT_ORDER.has(type) ? `Edm.${type} has no order. Use eq, ne or in` : undefined;
  }
}

function converted(converter: AnyConverter, operand: unknown): { readonly value?: unknown; readonly reason?: string } {
  try {
    return { value: converter.toStored(operand) };
  } catch (cause) {
    return { reason: refusalReason(cause) ?? 'it refused the operand' };
  }
}

type OperandRule = Pick<ValueRule, 'expected' | 'wrong'>;

/**
 * The rules for operands: those for stored values, but stricter for two types, because operands are sent as OData
 * literals.
 */
const OPERAND_RULES: Readonly<Record<EdmType, OperandRule>> = {
  ...VALUE_RULES,
  Double: {
    expected: 'a finite number (the service has no literal for NaN and Infinity)',
    wrong: (value) =>
      typeof value !== 'number' ? typeName(value) : Number.isFinite(value) ? undefined : 'a number that is not finite',
  },
  String: {
    expected: VALUE_RULES.String.expected,
    wrong(value) {
      if (typeof value !== 'string') return typeName(value);
      return value.isWellFormed() ? undefined : 'a string with half of a surrogate pair';
    },
  },
};
