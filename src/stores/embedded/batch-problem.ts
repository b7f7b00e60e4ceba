import type { ServiceLimits } from '../../store/limits.js';
import type { PreparedRow } from './prepared-row.js';
import { refusal, type Refusal } from './refusal.js';

/** Why the service would refuse writes that were sent together, before it looks at any row. */
export function batchProblem(
  writes: readonly PreparedRow[],
  limits: ServiceLimits,
): { readonly refusal: Refusal; readonly operation?: number } | undefined {
  if (writes.length > limits.transactionWrites) {
    const message = `A transaction has at most ${limits.transactionWrites} writes; this one has ${writes.length}. Split it.`;
    return { refusal: refusal('InvalidInput', message), operation: limits.transactionWrites };
  }
  const only = writes[0];
  if (writes.length <= 1) return only?.problem && { refusal: only.problem, operation: 0 };
  const bytes = writes.reduce((sum, write) => sum + write.bytes, 0);
  if (bytes > limits.transactionBytes) {
    const message = `The body of a transaction has at most ${limits.transactionBytes} bytes; this one has ${bytes}. Split it.`;
    return { refusal: refusal('RequestBodyTooLarge', message) };
  }
  const other = writes.findIndex(({ partitionKey }) => partitionKey !== only?.partitionKey);
  if (other > 0) {
    const message = 'A transaction writes to one partition; this one writes to several. Split it.';
    return { refusal: refusal('CommandsInBatchActOnDifferentPartitions', message), operation: other };
  }
  const seen = new Set<string>();
  const twice = writes.findIndex(({ rowKey }) => seen.size === seen.add(rowKey).size);
  if (twice > 0) {
    const message = 'A transaction writes an entity once; this one writes it twice. Join the two writes.';
    return { refusal: refusal('InvalidDuplicateRow', message), operation: twice };
  }
  const faulty = writes.findIndex(({ problem }) => problem !== undefined);
  return faulty < 0 ? undefined : { refusal: writes[faulty]!.problem!, operation: faulty };
}
