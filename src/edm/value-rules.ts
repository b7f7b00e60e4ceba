import { isDate } from 'node:util/types';
import { typeName } from '../errors/type-name.js';
import { isBytes } from './bytes.js';
import { isInDateTimeRange } from './date-time.js';
import type { EdmType } from './edm-type.js';
import { Guid } from './guid.js';

/** The bounds of an `Edm.Int64`, both included. */
export const INT64_RANGE = Object.freeze({ least: -(2n ** 63n), greatest: 2n ** 63n - 1n });

const INT32_BITS = 32;
const INT64_BITS = 64;

/** Returns whether a number is an integer that fits into 32 bits. */
export function isInt32(value: number): boolean {
  return (value | 0) === value;
}

/** Returns whether a bigint fits into 64 bits. */
export function isInt64(value: bigint): boolean {
  return BigInt.asIntN(INT64_BITS, value) === value;
}

/**
 * The JavaScript values that an EDM type can hold, for checks of what users pass: properties, operands of filters, rows
 * that are copied. The rule does not limit sizes, because each service has its own limits (`ServiceLimits`).
 */
export interface ValueRule {
  /** The JavaScript type, for messages: `a bigint`. */
  readonly kind: string;
  /**
   * The values of that JavaScript type that the EDM type can hold, for messages; the same as `kind` if it can hold all
   * of them.
   */
  readonly expected: string;
  /** Returns whether a value has the JavaScript type, in range or not. */
  readonly isKind: (value: unknown) => boolean;
  /** Returns whether a value can be stored as the EDM type. */
  readonly accepts: (value: unknown) => boolean;
  /** Describes a value that cannot be stored, for messages, without quoting it; `undefined` for one that can. */
  readonly wrong: (value: unknown) => string | undefined;
}

/** The rule for each EDM type. */
export const VALUE_RULES: Readonly<Record<EdmType, ValueRule>> = {
  Binary: wholeType('a Uint8Array', isBytes),
  Boolean: wholeType('a boolean', (value) => typeof value === 'boolean'),
  DateTime: {
    kind: 'a Date',
    expected: 'a valid Date from 1601-01-01 to 9999-12-31 (UTC)',
    isKind: isDate,
    accepts: (value) => isDate(value) && isInDateTimeRange(value.getTime()),
    wrong(value) {
      if (!isDate(value)) return typeName(value);
      const time = value.getTime();
      if (Number.isNaN(time)) return 'an invalid Date';
      return isInDateTimeRange(time) ? undefined : 'a Date out of range';
    },
  },
  Double: wholeType('a number', (value) => typeof value === 'number'),
  Guid: wholeType('a Guid', (value) => Guid.is(value)),
  Int32: {
    kind: 'a number',
    expected: `an integer from ${-(2 ** (INT32_BITS - 1))} to ${2 ** (INT32_BITS - 1) - 1}`,
    isKind: (value) => typeof value === 'number',
    accepts: (value) => typeof value === 'number' && isInt32(value),
    wrong(value) {
      if (typeof value !== 'number') return typeName(value);
      if (isInt32(value)) return undefined;
      return Number.isInteger(value) ? 'a number out of range' : 'a number that is not an integer';
    },
  },
  Int64: {
    kind: 'a bigint',
    expected: `a bigint from ${INT64_RANGE.least} to ${INT64_RANGE.greatest}`,
    isKind: (value) => typeof value === 'bigint',
    accepts: (value) => typeof value === 'bigint' && isInt64(value),
    wrong: (value) =>
      typeof value !== 'bigint' ? typeName(value) : isInt64(value) ? undefined : 'a bigint out of range',
  },
  String: wholeType('a string', (value) => typeof value === 'string'),
};

/** Creates the rule for an EDM type that holds every value of a JavaScript type. */
function wholeType(kind: string, accepts: (value: unknown) => boolean): ValueRule {
  const wrong = (value: unknown): string | undefined => (accepts(value) ? undefined : typeName(value));
  return { kind, expected: kind, isKind: accepts, accepts, wrong };
}
