import { isDate } from 'node:util/types';
import { isBytes } from '../metadata/bytes.js';
import { typeName } from '../edm/type-name.js';
import { DATE_TIME_RANGE } from '../edm/date-time.js';
import type { EdmType } from '../edm/edm-type.js';
import { Guid } from '../edm/guid.js';

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
