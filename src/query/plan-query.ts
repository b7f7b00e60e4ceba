import { splitKeys } from '../filter/express.js';
import { intersection, singleKey } from '../filter/key-range.js';
import { forbiddenCharacter } from '../metadata/key-text.js';
import { junction, type FilterNode } from '../store/filter-node.js';
import { keySize, type ServiceLimits } from '../store/limits.js';
import type { KeyRange } from '../store/table-store.js';
import { takeAlternatives } from './key-alternatives.js';
import { conjuncts, stepComparisons, type Leg, type ScanStep, type Step } from './plan.js';
import { MOST_REQUESTS, RequestBudget } from './request-budget.js';
import type { Scope } from './scope.js';
import { splitFilter, type Room } from './split-filter.js';

/**
 * Reads as little as a filter allows within a scope: bounds on the keys become ranges, several ranges several legs, both keys a point
 * read; what the keys do not say stays a filter, split where it has too many comparisons. Pure, and no more work than the filter is
 * long and the budget large.
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
  // Ranges of row keys are in order only within one partition: across several they stay a filter.
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

/** Ranges of row keys, and what plans how they are read. */
interface Planned {
  readonly ranges: readonly KeyRange[];
  readonly planner: StepPlanner;
}

/** Plans what is read of key ranges; ranges with as many bounds share what the rest of the filter is split into. */
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

/** The comparisons of key ranges when several requests go on behind a row: its partition and row key take part in them. */
function resumedComparisons(partitionKey: KeyRange, rowKey: KeyRange): number {
  const end = ({ to }: KeyRange): number => (to === undefined ? 0 : 1);
  const samePartition = 2 + end(rowKey);
  if (singleKey(partitionKey) !== undefined) return samePartition;
  const partitionsBehind = 1 + end(partitionKey) + end(rowKey) + (rowKey.from === undefined ? 0 : 1);
  return Math.max(samePartition, partitionsBehind);
}

/** Whether a row can have a key: a request for another would be refused. */
function canExist(key: string | undefined, longest: number, limits: ServiceLimits): boolean {
  return key === undefined || (forbiddenCharacter(key) === undefined && keySize(key, limits) <= longest);
}
