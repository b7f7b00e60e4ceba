import { countComparisons } from '../../store/filter-node.js';
import type { ServiceLimits } from '../../store/limits.js';
import type { KeyRange, ScanRequest } from '../../store/table-store.js';
import { refusal, type Refusal } from './refusal.js';

/** Why the service would refuse a query, whatever the table holds. */
export function scanProblem(
  { pageSize, partitionKey, rowKey, filter }: ScanRequest,
  limits: ServiceLimits,
): Refusal | undefined {
  if (pageSize !== undefined && !(Number.isInteger(pageSize) && pageSize >= 1 && pageSize <= limits.pageRows)) {
    return refusal('InvalidInput', `A page has 1 to ${limits.pageRows} rows, not ${pageSize}.`);
  }
  const partition = typeof partitionKey === 'string' ? 1 : bounds(partitionKey);
  const comparisons = partition + bounds(rowKey) + (filter === undefined ? 0 : countComparisons(filter));
  return comparisons > limits.comparisons
    ? refusal('InvalidInput', `A filter has at most ${limits.comparisons} comparisons; this one has ${comparisons}.`)
    : undefined;
}

function bounds(range: KeyRange | undefined): number {
  return (range?.from === undefined ? 0 : 1) + (range?.to === undefined ? 0 : 1);
}
