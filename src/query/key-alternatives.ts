import { intersection, rangeOf, type KeyName } from '../filter/key-range.js';
import type { FilterNode } from '../store/filter-node.js';
import type { Bound, KeyRange } from '../store/table-store.js';

/** Several ranges of a key, in order and apart, and what else is asked. */
interface Alternatives {
  readonly ranges: readonly KeyRange[];
  readonly rest: readonly FilterNode[];
}

/** Takes what says "in one of these ranges of a key" out of a conjunction: the ranges that all of it allows, within one. */
export function takeAlternatives(key: KeyName, within: KeyRange, operands: readonly FilterNode[]): Alternatives {
  let ranges: readonly KeyRange[] = [within];
  const rest: FilterNode[] = [];
  for (const operand of operands) {
    const these = rangesOf(key, operand);
    if (these === undefined) rest.push(operand);
    else ranges = common(ranges, apart(these));
  }
  return { ranges, rest };
}

/** The keys that are in both of two lists of ranges in order, as such a list. */
function common(left: readonly KeyRange[], right: readonly KeyRange[]): readonly KeyRange[] {
  const all: KeyRange[] = [];
  for (let l = 0, r = 0; l < left.length && r < right.length;) {
    const both = intersection(left[l]!, right[r]!);
    if (both !== undefined) all.push(both);
    if (endsBefore(left[l]!, right[r]!)) l++;
    else r++;
  }
  return all;
}

function endsBefore({ to: left }: KeyRange, { to: right }: KeyRange): boolean {
  if (left === undefined || right === undefined) return left !== undefined;
  return left.value === right.value ? !left.inclusive : left.value < right.value;
}

function rangesOf(key: KeyName, { kind, ...node }: FilterNode): readonly KeyRange[] | undefined {
  if (kind !== 'or') return undefined;
  const ranges: KeyRange[] = [];
  for (const operand of (node as { readonly operands: readonly FilterNode[] }).operands) {
    const bounds = (operand.kind === 'and' ? operand.operands : [operand]).map((bound) => rangeOf(key, bound));
    let range: KeyRange | undefined = {};
    for (const bound of bounds) {
      if (bound === undefined) return undefined;
      range = range && intersection(range, bound);
    }
    if (range !== undefined) ranges.push(range);
  }
  return ranges;
}

/** The same keys by ranges in ascending order that do not overlap. */
function apart(ranges: readonly KeyRange[]): readonly KeyRange[] {
  const all: KeyRange[] = [];
  for (const range of ranges.toSorted(byStart)) {
    const last = all.at(-1);
    if (last === undefined || !overlaps(last, range)) all.push(range);
    else all[all.length - 1] = { ...(last.from && { from: last.from }), ...farther(last.to, range.to) };
  }
  return all;
}

function byStart({ from: left }: KeyRange, { from: right }: KeyRange): number {
  if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined);
  if (left.value !== right.value) return left.value < right.value ? -1 : 1;
  return Number(right.inclusive) - Number(left.inclusive);
}

/** Whether a range that starts no earlier has a key of the one before. */
function overlaps({ to }: KeyRange, { from }: KeyRange): boolean {
  if (to === undefined || from === undefined) return true;
  return from.value < to.value || (from.value === to.value && from.inclusive && to.inclusive);
}

function farther(left: Bound | undefined, right: Bound | undefined): { readonly to?: Bound } {
  if (left === undefined || right === undefined) return {};
  if (left.value === right.value) return { to: left.inclusive ? left : right };
  return { to: left.value > right.value ? left : right };
}
