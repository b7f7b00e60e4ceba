import type { ServiceLimits } from '../store/limits.js';
import { OpenBatch, partitionId, type Batch, type TableWrite } from './batch.js';

/**
 * Groups writes by table and partition, and cuts each group where a transaction would be too long, too large, or meet a row again.
 * Writes of one partition keep their order, and so do partitions, by their first write; each inner list is one partition's.
 */
export function planBatches<W extends TableWrite>(
  writes: Iterable<W>,
  limits: ServiceLimits,
): readonly (readonly Batch<W>[])[] {
  const partitions = new Map<string, OpenBatch<W>[]>();
  for (const item of writes) {
    const id = partitionId(item);
    let batches = partitions.get(id);
    if (batches === undefined) partitions.set(id, (batches = []));
    let last = batches.at(-1);
    if (last === undefined || !last.takes(item.write, limits)) batches.push((last = new OpenBatch(item)));
    last.add(item);
  }
  return [...partitions.values()];
}
