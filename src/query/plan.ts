import { joined } from '../filter/express.js';
import { onlyKey, rangeComparisons, singleKey } from '../filter/key-range.js';
import { countComparisons, type FilterNode } from '../store/filter-node.js';
import type { KeyRange } from '../store/table-store.js';

/** One row, read by its key. */
export interface PointStep {
  readonly kind: 'point';
  readonly partitionKey: string;
  readonly rowKey: string;
}

/** The rows of key ranges that pass a filter, read page by page. */
export interface ScanStep {
  readonly kind: 'scan';
  readonly partitionKey: KeyRange;
  readonly rowKey: KeyRange;
  /** What the ranges do not say. */
  readonly filter?: FilterNode;
}

/** What one request, or a sequence of them by continuation, reads. */
export type Step = PointStep | ScanStep;

/** Steps that read different rows of the same keys: merged by key, they are in order. */
export interface Leg {
  readonly steps: readonly Step[];
}

/** What a query reads: legs in the order of their keys, none of which has a key of another; no legs when nothing can match. */
export interface Plan {
  readonly legs: readonly Leg[];
}

/** All that a step asks of a row, as a conjunction: what a service would be sent. */
export function stepFilter(step: Step): FilterNode | undefined {
  const filter = joined('and', stepConjuncts(step));
  return typeof filter === 'boolean' ? undefined : filter;
}

/** All that a plan asks of a row. `undefined` when every row of the table passes. */
export function planFilter({ legs }: Plan): FilterNode | undefined {
  const steps = legs.flatMap((leg) => leg.steps);
  const filter = joined(
    'or',
    steps.length === 0 ? rangeComparisons('PartitionKey', NO_KEY) : steps.map((step) => stepFilter(step) ?? true),
  );
  return typeof filter === 'boolean' ? undefined : filter;
}

/** The comparisons of a step as stores count them: one for a partition, one for each bound, and those of the filter. */
export function stepComparisons(step: Step): number {
  if (step.kind === 'point') return 2;
  const { partitionKey, rowKey, filter } = step;
  const partition = singleKey(partitionKey) === undefined ? bounds(partitionKey) : 1;
  return partition + bounds(rowKey) + (filter === undefined ? 0 : countComparisons(filter));
}

/** The operands of a conjunction; a filter of another kind is its only one. */
export function conjuncts(filter: FilterNode | true | undefined): readonly FilterNode[] {
  if (filter === undefined || filter === true) return [];
  return filter.kind === 'and' ? filter.operands : [filter];
}

/** Nothing is less than the empty key. */
const NO_KEY: KeyRange = Object.freeze({ to: Object.freeze({ value: '', inclusive: false }) });

function stepConjuncts(step: Step): readonly FilterNode[] {
  switch (step.kind) {
    case 'point':
      return [
        ...rangeComparisons('PartitionKey', onlyKey(step.partitionKey)),
        ...rangeComparisons('RowKey', onlyKey(step.rowKey)),
      ];
    case 'scan':
      return [
        ...rangeComparisons('PartitionKey', step.partitionKey),
        ...rangeComparisons('RowKey', step.rowKey),
        ...conjuncts(step.filter),
      ];
    default:
      return step satisfies never;
  }
}

function bounds({ from, to }: KeyRange): number {
  return (from === undefined ? 0 : 1) + (to === undefined ? 0 : 1);
}
