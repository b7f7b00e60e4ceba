import { typeName } from '../errors/type-name.js';
import type { EdmType, TypedValue } from '../edm/edm-type.js';
import { EntitableError } from '../errors/entitable-error.js';
import { refusalReason, type AnyConverter } from '../metadata/converter.js';
import type { ComparisonOperator } from '../store/filter-node.js';
import { isDate } from 'node:util/types';
import { isBytes } from '../metadata/bytes.js';
import { DATE_TIME_RANGE } from '../edm/date-time.js';
import { Guid } from '../edm/guid.js';

/** The operators that remain when `in` and `between` are taken apart and presence is seen to. */
export type OneOperand = ComparisonOperator | 'startsWith';

/** What is compared: a stored property, the timestamp, or a part of a key. */
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

/** Whether the stored values can answer an operator. */
export function isComparable(subject: TestedProperty, operator: OneOperand): boolean {
  return obstacle(subject, operator) === undefined;
}

/** The operator that asks the stored values the same: order turns round where the converter reverses it. */
export function storedOperator(subject: TestedProperty, operator: OneOperand, asked: string): OneOperand {
  const problem = obstacle(subject, operator);
  if (problem !== undefined) throw notComparable(subject, asked, problem);
  return operator !== 'startsWith' && subject.converter?.order === 'reversed' ? REVERSED[operator] : operator;
}

/** The operand as it is stored, checked against the stored type. */
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

/** What is wrong with an operand; one that is a proxy may throw when it is looked at. */
function mistake(wrong: (value: unknown) => string | undefined, value: unknown): string | undefined {
  try {
    return wrong(value);
  } catch {
    return typeName(value);
  }
}

/** The error of an operator that the stored values cannot answer. */
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

/** How an operand of one EDM type is recognised: what it must be, and what is wrong with another. */
interface OperandRule {
  readonly expected: string;
  /** What was found instead, in words; `undefined` when the operand is right. */
  readonly wrong: (value: unknown) => string | undefined;
}

/** What an operand must be to be compared with a property of each type. */
export const OPERAND_RULES: Readonly<Record<EdmType, OperandRule>> = {
  Binary: {
    expected: 'a Uint8Array',
    wrong: (value) => (isBytes(value) ? undefined : typeName(value)),
  },
  Boolean: {
    expected: 'a boolean',
    wrong: (value) => (typeof value === 'boolean' ? undefined : typeName(value)),
  },
  DateTime: {
    expected: 'a Date from 1601-01-01 to 9999-12-31',
    wrong(value) {
      if (!isDate(value)) return typeName(value);
      const time = value.getTime();
      if (Number.isNaN(time)) return 'an invalid Date';
      return time < DATE_TIME_RANGE.first || time > DATE_TIME_RANGE.last ? 'a Date beyond it' : undefined;
    },
  },
  Double: {
    expected: 'a finite number (the service has no literal for NaN and Infinity)',
    wrong: (value) =>
      typeof value !== 'number' ? typeName(value) : Number.isFinite(value) ? undefined : 'a number that is not finite',
  },
  Guid: {
    expected: 'a Guid',
    wrong: (value) => (Guid.is(value) ? undefined : typeName(value)),
  },
  Int32: {
    expected: 'an integer from -2147483648 to 2147483647',
    wrong: (value) =>
      typeof value !== 'number' ? typeName(value) : (value | 0) === value ? undefined : 'a number that is none',
  },
  Int64: {
    expected: 'a bigint from -9223372036854775808 to 9223372036854775807',
    wrong: (value) =>
      typeof value !== 'bigint'
        ? typeName(value)
        : BigInt.asIntN(64, value) === value
          ? undefined
          : 'a bigint beyond it',
  },
  String: {
    expected: 'a string',
    wrong(value) {
      if (typeof value !== 'string') return typeName(value);
      return value.isWellFormed() ? undefined : 'a string with half of a surrogate pair';
    },
  },
};
