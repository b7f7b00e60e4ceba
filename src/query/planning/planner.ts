import { splitKeys } from '../../filter/lower-filter.js';
import { intersection, singleKey, rangeOf, type KeyName } from '../../filter/key-range.js';
import { forbiddenCharacter } from '../../metadata/key-text.js';
import { junction, type FilterNode } from '../../store/filter-node.js';
import { keySize, type ServiceLimits } from '../../store/limits.js';
import type { KeyRange, Bound } from '../../store/table-store.js';
import {
  conjuncts,
  stepComparisons,
  MOST_REQUESTS,
  RequestBudget,
  type Leg,
  type ScanStep,
  type Step,
  type Scope,
} from './plan.js';
import { splitFilter, type Room } from './split-filter.js';

/**
 * Plans the reads that a filter needs within a scope (bounds on the keys), so that as little as possible is read.
 * Bounds on the keys become ranges, several ranges become several legs, and two fixed keys become a point read. The
 * other conditions stay a filter, which is split if it has too many comparisons. A pure function whose work is bounded
 * by the length of the filter and by the budget.
 *
 * @throws EntitableError `query.too-many-comparisons`, `query.too-many-requests`.
 */
export function planLegs(
  scope: Pick<Scope, 'partitionKey' | 'rowKey'>,
  filter: FilterNode | boolean,
  limits: ServiceLimits,
  budget: RequestBudget = new RequestBudget(MOST_REQUESTS),
): readonly Leg[] {
  if (filter === false) return [];
  const { ranges, rest } = splitKeys(conjuncts(filter));
  const partitionKey = ranges && intersection(scope.partitionKey, ranges.PartitionKey);
  const rowKey = ranges && intersection(scope.rowKey, ranges.RowKey);
  if (partitionKey === undefined || rowKey === undefined) return [];
  const partitions = takeAlternatives('PartitionKey', partitionKey, rest);
  // Ranges of row keys are in key order only within one partition. Across several partitions, they remain part of the
  // filter.
  const rows = takeAlternatives('RowKey', rowKey, partitions.rest);
  const inOne: Planned = { ranges: rows.ranges, planner: new StepPlanner(limits, budget, rows.rest) };
  const across: Planned = { ranges: [rowKey], planner: new StepPlanner(limits, budget, partitions.rest) };
  const within = (partition: KeyRange): Planned => (singleKey(partition) === undefined ? across : inOne);
  budget.check(partitions.ranges.reduce((sum, partition) => sum + within(partition).ranges.length, 0));
  const legs: Leg[] = [];
  for (const partition of partitions.ranges) {
    const { ranges: rowRanges, planner } = within(partition);
    for (const row of rowRanges) {
      const steps = planner.steps(partition, row);
      if (steps.length > 0) legs.push({ steps });
    }
  }
  return legs;
}

/** Ranges of row keys, and the planner of the steps that read them. */
interface Planned {
  readonly ranges: readonly KeyRange[];
  readonly planner: StepPlanner;
}

/**
 * Plans the steps that read key ranges. Ranges with the same number of bounds share the result of splitting the filter.
 */
class StepPlanner {
  readonly #limits: ServiceLimits;
  readonly #budget: RequestBudget;
  readonly #rest: readonly FilterNode[];
  #split: Map<string, readonly FilterNode[]> | undefined;

  constructor(limits: ServiceLimits, budget: RequestBudget, rest: readonly FilterNode[]) {
    this.#limits = limits;
    this.#budget = budget;
    this.#rest = rest;
  }

  steps(partitionKey: KeyRange, rowKey: KeyRange): readonly Step[] {
    const limits = this.#limits;
    const partition = singleKey(partitionKey);
    const row = singleKey(rowKey);
    if (!canExist(partition, limits.keyBytes.partition, limits) || !canExist(row, limits.keyBytes.row, limits))
      return [];
    if (this.#rest.length === 0) {
      this.#budget.take(1);
      return partition !== undefined && row !== undefined
        ? [{ kind: 'point', partitionKey: partition, rowKey: row }]
        : [{ kind: 'scan', partitionKey, rowKey }];
    }
    const parts = this.#parts({
      whole: limits.comparisons - stepComparisons({ kind: 'scan', partitionKey, rowKey }),
      resumed: limits.comparisons - resumedComparisons(partitionKey, rowKey),
    });
    this.#budget.take(parts.length);
    return parts.map((filter): ScanStep => ({ kind: 'scan', partitionKey, rowKey, filter }));
  }

  #parts(room: Room): readonly FilterNode[] {
    const split = (this.#split ??= new Map<string, readonly FilterNode[]>());
    const asked = `${room.whole}/${room.resumed}`;
    const known = split.get(asked);
    if (known !== undefined) return known;
    const parts = splitFilter(this.#rest, room, this.#limits.comparisons, this.#budget);
    const filters = parts.map((part) => junction('and', part));
    split.set(asked, filters);
    return filters;
  }
}

/**
 * Returns the number of comparisons that key ranges need in a request that resumes after a row, because the keys of
 * that row are compared as well.
 */
function resumedComparisons(partitionKey: KeyRange, rowKey: KeyRange): number {
  const end = ({ to }: KeyRange): number => (to === undefined ? 0 : 1);
  const samePartition = 2 + end(rowKey);
  if (singleKey(partitionKey) !== undefined) return samePartition;
  const partitionsBehind = 1 + end(partitionKey) + end(rowKey) + (rowKey.from === undefined ? 0 : 1);
  return Math.max(samePartition, partitionsBehind);
}

/**
 * Returns whether a row can have a key, i.e. whether it has only allowed characters and is not too long. The service
 * would reject a request with any other key. `undefined` stands for a range of several keys, and is accepted.
 */
function canExist(key: string | undefined, longest: number, limits: ServiceLimits): boolean {
  return key === undefined || (forbiddenCharacter(key) === undefined && keySize(key, limits) <= longest);
}

/** Ascending ranges of a key that do not overlap, and the conditions that these ranges do not express. */
interface Alternatives {
  readonly ranges: readonly KeyRange[];
  readonly rest: readonly FilterNode[];
}

/**
 * Separates the conditions of the form "in one of these ranges of a key" from a conjunction. Returns the ranges that
 * satisfy all of them, within the given range.
 */
function takeAlternatives(key: KeyName, within: KeyRange, operands: readonly FilterNode[]): Alternatives {
  let ranges: readonly KeyRange[] = [within];
  const rest: FilterNode[] = [];
  for (const operand of operands) {
    const these = rangesOf(key, operand);
    if (these === undefined) rest.push(operand);
    else ranges = common(ranges, apart(these));
  }
  return { ranges, rest };
}

/** Intersects two ordered lists of ranges. */
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

/** Merges ranges into ascending ones that do not overlap. */
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

/** Returns whether a range shares a key with the one before it, which starts no later. */
function overlaps({ to }: KeyRange, { from }: KeyRange): boolean {
  if (to === undefined || from === undefined) return true;
  return from.value < to.value || (from.value === to.value && from.inclusive && to.inclusive);
}

function farther(left: Bound | undefined, right: Bound | undefined): { readonly to?: Bound } {
  if (left === undefined || right === undefined) return {};
  if (left.value === right.value) return { to: left.inclusive ? left : right };
  return { to: left.value > right.value ? left : right };
}
