import {
  comparison,
  junction,
  type Comparison,
  type ComparisonOperator,
  type FilterNode,
} from '../store/filter-node.js';
import type { Bound, KeyRange } from '../store/table-store.js';
import { forbiddenCharacter } from '../metadata/key-text.js';

/** The name of a key among stored names. */
export type KeyName = 'PartitionKey' | 'RowKey';

/** Every key. */
export const ALL_KEYS: KeyRange = Object.freeze({});

/** One key. */
export function onlyKey(value: string): KeyRange {
  const bound = Object.freeze({ value, inclusive: true });
  return Object.freeze({ from: bound, to: bound });
}

/** The keys that begin with a text; `''` is all of them. */
export function keysFrom(prefix: string): KeyRange {
  if (prefix === '') return ALL_KEYS;
  const end = successor(prefix, true);
  return Object.freeze({
    from: { value: prefix, inclusive: true },
    ...(end !== undefined && { to: { value: end, inclusive: false } }),
  });
}

const RANGES: Readonly<Record<Exclude<ComparisonOperator, 'ne'>, (value: string) => KeyRange>> = {
  eq: onlyKey,
  gt: (value) => Object.freeze({ from: { value, inclusive: false } }),
  ge: (value) => Object.freeze({ from: { value, inclusive: true } }),
  lt: (value) => Object.freeze({ to: { value, inclusive: false } }),
  le: (value) => Object.freeze({ to: { value, inclusive: true } }),
};

/** The keys that a comparison with a constant lets through. */
export function keysBy(operator: Exclude<ComparisonOperator, 'ne'>, value: string): KeyRange {
  return RANGES[operator](value);
}

/** The range that a filter is, where it is one comparison of this key and no `ne`. */
export function rangeOf(key: KeyName, node: FilterNode): KeyRange | undefined {
  if (node.kind !== 'comparison' || node.property !== key || node.operator === 'ne' || node.operand.type !== 'String')
    return undefined;
  return keysBy(node.operator, node.operand.value);
}

/** The keys that are in both ranges; `undefined` when there are none. */
export function intersection(left: KeyRange, right: KeyRange): KeyRange | undefined {
  const from = tighter(left.from, right.from, 1);
  const to = tighter(left.to, right.to, -1);
  if (from !== undefined && to !== undefined) {
    if (from.value > to.value || (from.value === to.value && !(from.inclusive && to.inclusive))) return undefined;
  }
  if (to?.value === '' && !to.inclusive) return undefined; // nothing is less than the empty key
  return Object.freeze({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) });
}

/** The one key of a range that holds no other. */
export function singleKey({ from, to }: KeyRange): string | undefined {
  return from !== undefined && to !== undefined && from.value === to.value ? from.value : undefined;
}

/** The comparisons that say a range: none, one or two. */
export function rangeComparisons(key: KeyName, range: KeyRange): readonly Comparison[] {
  const only = singleKey(range);
  const compare = (operator: ComparisonOperator, value: string): Comparison =>
    comparison(key, operator, { type: 'String', value });
  if (only !== undefined) return [compare('eq', only)];
  const { from, to } = range;
  return [
    ...(from === undefined ? [] : [compare(from.inclusive ? 'ge' : 'gt', from.value)]),
    ...(to === undefined ? [] : [compare(to.inclusive ? 'le' : 'lt', to.value)]),
  ];
}

/** The keys outside of a range, as a filter; `undefined` when it holds all. */
export function outside(key: KeyName, range: KeyRange): FilterNode | undefined {
  const only = singleKey(range);
  const compare = (operator: ComparisonOperator, value: string): Comparison =>
    comparison(key, operator, { type: 'String', value });
  if (only !== undefined) return compare('ne', only);
  const sides = [
    ...(range.from === undefined ? [] : [compare(range.from.inclusive ? 'lt' : 'le', range.from.value)]),
    ...(range.to === undefined ? [] : [compare(range.to.inclusive ? 'gt' : 'ge', range.to.value)]),
  ];
  return sides.length === 0 ? undefined : junction('or', sides);
}

/** The bound that lets less through; `side` is 1 for the lower end, -1 for the upper. */
function tighter(left: Bound | undefined, right: Bound | undefined, side: 1 | -1): Bound | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  if (left.value === right.value) return left.inclusive ? right : left;
  return left.value > right.value === (side === 1) ? left : right;
}

/**
 * The first text after every text that begins with `prefix`, in UTF-16 order; `undefined` when there is none. In a key it holds no
 * character that the service forbids there.
 */
export function successor(prefix: string, inKey: boolean): string | undefined {
  const characters = [...prefix];
  for (let last = characters.pop(); last !== undefined; last = characters.pop()) {
    const next = nextCharacter(last.codePointAt(0)!, inKey);
    if (next !== undefined) return characters.join('') + next;
  }
  return undefined;
}

/** The next character by UTF-16 unit, where the supplementary ones (surrogate pairs) come between U+D7FF and U+E000. */
function nextCharacter(code: number, inKey: boolean): string | undefined {
  for (let next = following(code); next !== undefined; next = following(next)) {
    const character = String.fromCodePoint(next);
    if (!inKey || forbiddenCharacter(character) === undefined) return character;
  }
  return undefined;
}

function following(code: number): number | undefined {
  switch (code) {
    case 0xd7ff:
      return 0x10000;
    case 0x10ffff:
      return 0xe000;
    case 0xffff:
      return undefined;
    default:
      return code + 1;
  }
}
