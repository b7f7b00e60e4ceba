import { joined, splitKeys } from '../filter/express.js';
import { intersection, onlyKey, rangeComparisons, singleKey } from '../filter/key-range.js';
import { forbiddenCharacter } from '../metadata/key-text.js';
import { junction, type FilterNode } from '../store/filter-node.js';
import type { KeyRange } from '../store/table-store.js';
import type { Scope } from './scope.js';

/** What has to be read: nothing, one row, or the rows of key ranges that pass a filter. */
export type Step =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'point'; readonly partitionKey: string; readonly rowKey: string }
  | { readonly kind: 'scan'; readonly partitionKey: KeyRange; readonly rowKey: KeyRange; readonly filter?: FilterNode };

const NOTHING: Step = Object.freeze({ kind: 'nothing' });

/** Reads as little as a filter allows: its bounds on the keys become ranges, what they do not say stays a filter. */
export function planStep(scope: Pick<Scope, 'partitionKey' | 'rowKey'>, filter: FilterNode | boolean): Step {
  if (filter === false) return NOTHING;
  const { ranges, rest } = splitKeys(conjuncts(filter));
  const partitionKey = ranges && intersection(scope.partitionKey, ranges.PartitionKey);
  const rowKey = ranges && intersection(scope.rowKey, ranges.RowKey);
  if (partitionKey === undefined || rowKey === undefined) return NOTHING;
  const partition = singleKey(partitionKey);
  const row = singleKey(rowKey);
  if ([partition, row].some((key) => key !== undefined && forbiddenCharacter(key) !== undefined)) return NOTHING;
  if (rest.length > 0) return { kind: 'scan', partitionKey, rowKey, filter: junction('and', rest) };
  return partition !== undefined && row !== undefined
    ? { kind: 'point', partitionKey: partition, rowKey: row }
    : { kind: 'scan', partitionKey, rowKey };
}

/** All that a step asks of a row, as one filter: what a service would be sent. `undefined` when every row of the table passes. */
export function stepFilter(step: Step): FilterNode | undefined {
  const filter = joined('and', operandsOf(step));
  return typeof filter === 'boolean' ? undefined : filter;
}

function operandsOf(step: Step): readonly FilterNode[] {
  switch (step.kind) {
    case 'nothing':
      return rangeComparisons('PartitionKey', NO_KEY);
    case 'point':
      return [
        ...rangeComparisons('PartitionKey', onlyKey(step.partitionKey)),
        ...rangeComparisons('RowKey', onlyKey(step.rowKey)),
      ];
    case 'scan':
      return [
        ...rangeComparisons('PartitionKey', step.partitionKey),
        ...rangeComparisons('RowKey', step.rowKey),
        ...conjuncts(step.filter ?? true),
      ];
    default:
      return step satisfies never;
  }
}

/** Nothing is less than the empty key. */
const NO_KEY: KeyRange = Object.freeze({ to: Object.freeze({ value: '', inclusive: false }) });

function conjuncts(filter: FilterNode | true): readonly FilterNode[] {
  if (filter === true) return [];
  return filter.kind === 'and' ? filter.operands : [filter];
}
