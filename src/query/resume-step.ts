import { intersection, onlyKey, singleKey } from '../filter/key-range.js';
import type { KeyRange } from '../store/table-store.js';
import { comparePlaces, type RowPlace } from './keyed-rows.js';
import { stepComparisons, type ScanStep, type Step } from './plan.js';

/**
 * What a step still has to read behind a row: the rest of its partition, then the partitions behind it. All of it, where there is no
 * room left for more comparisons: then it gives rows that are not behind.
 */
export function resumeStep(step: Step, after: RowPlace, comparisons: number): readonly Step[] {
  if (step.kind === 'point') return comparePlaces(step, after) > 0 ? [step] : [];
  const samePartition = narrowed(step, onlyKey(after.partitionKey), behind(after.rowKey));
  const partitionsBehind =
    singleKey(step.partitionKey) === after.partitionKey ? undefined : narrowed(step, behind(after.partitionKey), {});
  const parts = [samePartition, partitionsBehind].filter((part) => part !== undefined);
  return parts.every((part) => stepComparisons(part) <= comparisons) ? parts : [step];
}

function narrowed(step: ScanStep, partitions: KeyRange, rows: KeyRange): ScanStep | undefined {
  const partitionKey = intersection(step.partitionKey, partitions);
  const rowKey = intersection(step.rowKey, rows);
  return partitionKey && rowKey && { ...step, partitionKey, rowKey };
}

function behind(value: string): KeyRange {
  return { from: { value, inclusive: false } };
}
