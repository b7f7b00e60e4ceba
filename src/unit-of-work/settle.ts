import type { Batch } from '../repository/batch.js';
import { mapConcurrently } from '../repository/map-concurrently.js';
import type { RetainedRow } from '../store/row.js';
import type { OperationOptions, WriteReceipt } from '../store/table-store.js';
import type { Change } from './change.js';

const READS = 16;

/** A row as it is now. */
interface Found {
  readonly etag: string;
  readonly row: RetainedRow;
}

/**
 * Finds out, by reading back, whether a batch was written whose answer was lost: its receipts, or `undefined` when it was not. A batch is
 * written as a whole; where a row is not what was sent, because the batch was not written or because somebody changed the row since, it is
 * sent again: then its conditions tell, and nothing is overwritten.
 */
export async function settle(
  { writes }: Batch<Change>,
  options: OperationOptions,
): Promise<ReadonlyMap<Change, WriteReceipt> | undefined> {
  const found = await mapConcurrently(writes, READS, (change) => readBack(change, options));
  if (!writes.every((change, index) => isAsSent(change, found[index]))) return undefined;
  return new Map(
    writes.map((change, index) => {
      const etag = found[index]?.etag;
      return [change, etag === undefined ? {} : { etag }];
    }),
  );
}

function readBack({ row: { mapper }, write }: Change, options: OperationOptions): Promise<Found | undefined> {
  const { partitionKey, rowKey } = write;
  return mapper.rows.get(partitionKey, rowKey, (row) => ({ etag: row.etag, row: row.retain() }), undefined, options);
}

function isAsSent({ write, ifMatch, row: { mapper }, before, removed }: Change, found: Found | undefined): boolean {
  if (write.mode === 'delete') return found === undefined;
  if (found === undefined || found.etag === ifMatch) return false;
  const sent = mapper.decode(mapper.rows.reopen(mapper.rows.written(write, { etag: found.etag }, before)));
  const difference = mapper.differenceOf(sent, found);
  // What a merge into an unknown row does not name may well be there.
  const isWhole = before !== undefined || (write.mode !== 'merge' && write.mode !== 'upsert-merge');
  const surplus = isWhole ? difference.removed : difference.removed.filter((name) => removed.includes(name));
  return difference.changed.length === 0 && surplus.length === 0;
}
