import { invalidOption, readOption } from '../../options/check-option.js';

/** A value that a member can be compared with. */
export type MemberOperand = string | number | boolean;

/**
 * A value that a member must equal, or an object with comparisons that must all hold, e.g. `{ gt: 2, le: 9 }`. Texts
 * are compared by UTF-16 units.
 */
export type MemberTest = MemberOperand | { readonly [operator in MemberOperator]?: MemberOperand };

/** The comparison operators of a member test, named as the service names them. */
export type MemberOperator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

/**
 * Tests of an object's members, by member name; all must hold. A member that is missing, or whose type differs from the
 * operand's, fails every test.
 */
export type MemberTests = Readonly<Record<string, MemberTest>>;

/** One comparison of one member. */
export interface MemberComparison {
  readonly member: string;
  readonly operator: MemberOperator;
  readonly operand: MemberOperand;
}

const HOLDS: Readonly<Record<MemberOperator, (value: MemberOperand, operand: MemberOperand) => boolean>> = {
  eq: (value, operand) => value === operand,
  ne: (value, operand) => value !== operand,
  gt: (value, operand) => value > operand,
  ge: (value, operand) => value >= operand,
  lt: (value, operand) => value < operand,
  le: (value, operand) => value <= operand,
};

const EXPECTED = 'a text, a finite number, a boolean, or an object of eq, ne, gt, ge, lt and le with them';

/** Lists the comparisons in a set of tests. Throws `validation.invalid-option`. */
export function comparisonsOf(tests: MemberTests): readonly MemberComparison[] {
  if (typeof tests !== 'object' || tests === null) throw invalidOption('where', 'an object of tests', typeof tests);
  return readOption('where', () => Object.entries(tests)).flatMap(([member, test]) =>
    Object.entries(typeof test === 'object' && test !== null ? test : { eq: test }).map(([operator, operand]) => {
      const isOperand = ['string', 'boolean'].includes(typeof operand) || Number.isFinite(operand);
      if (!Object.hasOwn(HOLDS, operator) || !isOperand)
        throw invalidOption(`where.${member}`, EXPECTED, 'something else');
      return { member, operator: operator as MemberOperator, operand };
    }),
  );
}

/** Returns whether a value passes all comparisons. */
export function passes(value: unknown, comparisons: readonly MemberComparison[]): boolean {
  return comparisons.every(({ member, operator, operand }) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, member)) return false;
    const found = (value as Readonly<Record<string, unknown>>)[member];
    return typeof found === typeof operand && HOLDS[operator](found as MemberOperand, operand);
  });
}
