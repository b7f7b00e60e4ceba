import {
  comparison,
  junction,
  type Comparison,
  type ComparisonOperator,
  type FilterNode,
} from '../store/filter-node.js';
import type { Bound, KeyRange } from '../store/table-store.js';
import { forbiddenCharacter } from '../metadata/key-text.js';

/** The stored name of a key. */
export type KeyName = 'PartitionKey' | 'RowKey';

/** The range of all keys. */
export const ALL_KEYS: KeyRange = Object.freeze({});

/** Returns the range that contains only one key. */
export function onlyKey(value: string): KeyRange {
  const bound = Object.freeze({ value, inclusive: true });
  return Object.freeze({ from: bound, to: bound });
}

/** Returns the range of keys that begin with a text; `''` means all keys. */
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

/** Returns the range of keys that match a comparison with a constant. */
export function keysBy(operator: Exclude<ComparisonOperator, 'ne'>, value: string): KeyRange {
  return RANGES[operator](value);
}

/**
 * Returns the range of the keys that satisfy a filter if it is a single comparison of this key, other than `ne`;
 * `undefined` for all other filters.
 */
export function rangeOf(key: KeyName, node: FilterNode): KeyRange | undefined {
  if (node.kind !== 'comparison' || node.property !== key || node.operator === 'ne' || node.operand.type !== 'String')
    return undefined;
  return keysBy(node.operator, node.operand.value);
}

/** Returns the range of the keys that both ranges contain; `undefined` if there are none. */
export function intersection(left: KeyRange, right: KeyRange): KeyRange | undefined {
  const from = tighter(left.from, right.from, 1);
  const to = tighter(left.to, right.to, -1);
  if (from !== undefined && to !== undefined) {
    if (from.value > to.value || (from.value === to.value && !(from.inclusive && to.inclusive))) return undefined;
  }
  if (to?.value === '' && !to.inclusive) return undefined; // no key is less than the empty key
  return Object.freeze({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) });
}

/** Returns the key of a range that contains only one key; `undefined` for other ranges. */
export function singleKey({ from, to }: KeyRange): string | undefined {
  return from !== undefined && to !== undefined && from.value === to.value ? from.value : undefined;
}

/** Returns the comparisons that express a range: none, one or two. */
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

/** Returns a filter for the keys outside a range; `undefined` if the range contains all keys. */
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

/** Returns the stricter of two bounds. `side` is 1 for the lower end and -1 for the upper. */
function tighter(left: Bound | undefined, right: Bound | undefined, side: 1 | -1): Bound | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  if (left.value === right.value) return left.inclusive ? right : left;
  return left.value > right.value === (side === 1) ? left : right;
}

/**
 * Returns the first text after all texts that begin with `prefix`, in UTF-16 order; `undefined` if there is none. With
 * `inKey`, the result ends in a character that the service allows in keys.
 */
export function successor(prefix: string, inKey: boolean): string | undefined {
  const characters = [...prefix];
  for (let last = characters.pop(); last !== undefined; last = characters.pop()) {
    const next = nextCharacter(last.codePointAt(0)!, inKey);
    if (next !== undefined) return characters.join('') + next;
  }
  return undefined;
}

/**
 * Returns the next character in the order of UTF-16 code units, in which the supplementary characters (surrogate pairs)
 * are between U+D7FF and U+E000.
 */
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
