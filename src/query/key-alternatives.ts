import { intersection, rangeOf, type KeyName } from '../filter/key-range.js';
import type { FilterNode } from '../store/filter-node.js';
import type { Bound, KeyRange } from '../store/table-store.js';

/** Several ranges of a key, in order and apart, and what else is asked. */
interface Alternatives {
  readonly ranges: readonly KeyRange[];
  readonly rest: readonly FilterNode[];
}

/** Takes the first operand that says "in one of these ranges of a key" out of a conjunction; `undefined` when none does. */
export function takeAlternatives(
  key: KeyName,
  within: KeyRange,
  operands: readonly FilterNode[],
): Alternatives | undefined {
  for (const operand of operands) {
    const ranges = rangesOf(key, operand);
    if (ranges === undefined) continue;
    const inside = ranges.map((range) => intersection(range, within)).filter((range) => range !== undefined);
    return { ranges: apart(inside), rest: operands.filter((other) => other !== operand) };
  }
  return undefined;
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
