import { EntitableError } from '../errors/entitable-error.js';
import type { StaleEntry } from '../errors/write-reports.js';
import { limitedTo } from '../writing/apart-phases.js';
import type { Batch, GroupRow } from '../writing/batch.js';
import type { BatchFailure } from '../writing/refusals.js';
import { submitBatch } from '../writing/submit-batch.js';
import { mapConcurrently } from '../async/map-concurrently.js';
import type { TableStore, WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { ChangeSet } from './change-set.js';

/** Outcome of one batch that was sent. */
export type BatchOutcome =
  | { readonly outcome: 'written'; readonly receipts: ReadonlyMap<ChangeSet, WriteReceipt> }
  /** `failed` are the writes that the store rejected. */
  | { readonly outcome: 'not-written'; readonly failed: readonly ChangeSet[]; readonly error: unknown }
  /** `others` are the further rows that were sent with the writes. */
  | { readonly outcome: 'unknown'; readonly others: readonly GroupRow[]; readonly error: unknown };

/** Options of {@link sendBatches}. */
export interface Sending extends OperationOptions {
  readonly concurrency: number;
  /** Called as soon as the outcome of a batch is known. */
  readonly answered: (batch: Batch<ChangeSet>, outcome: BatchOutcome) => void;
  /** Called with entries of indexes that may be stale. */
  readonly onStale: (entries: readonly StaleEntry[]) => void;
}

/**
 * Sends the batches of one partition in order, and several partitions concurrently. After the first failure no further
 * batch is sent; those in flight are awaited.
 */
export async function sendBatches(
  store: TableStore,
  partitions: readonly (readonly Batch<ChangeSet>[])[],
  { concurrency, answered, onStale, ...options }: Sending,
): Promise<void> {
  let failed = false;
  await mapConcurrently(partitions, concurrency, async (batches) => {
    for (const batch of batches) {
      if (failed || options.signal?.aborted) return;
      const sent = await sendChanges(store, batch, options, onStale);
      failed ||= sent.outcome !== 'written';
      answered(batch, sent);
    }
  });
}

async function sendChanges(
  store: TableStore,
  batch: Batch<ChangeSet>,
  options: OperationOptions,
  onStale: Sending['onStale'],
): Promise<BatchOutcome> {
  const receipts = new Map<ChangeSet, WriteReceipt>();
  const rest = await submitBatch(batch.writes, {
    submit: (writes, within) => store.submit(batch.table, writes, limitedTo(options, within)),
    options,
    onStale,
    onWritten: (change, receipt) => receipts.set(change, receipt),
    onRefused(change, error) {
      if (!isMissingIgnored(change, error)) return false;
      receipts.set(change, {});
      return true;
    },
  });
  return rest?.failure === undefined ? { outcome: 'written', receipts } : outcomeOf(rest.unwritten, rest.failure);
}

function isMissingIgnored({ row: { held } }: ChangeSet, error: unknown): boolean {
  return held.kind === 'delete' && held.missing === 'ignore' && EntitableError.is(error, 'store.not-found');
}

function outcomeOf(
  sent: readonly ChangeSet[],
  { error, refused, isRefusal = false, others = [] }: BatchFailure<ChangeSet>,
): BatchOutcome {
  // An error that does not come from the store does not show whether the rows were written.
  if (!isRefusal && (!EntitableError.is(error, 'store.') || EntitableError.is(error, 'store.outcome-unknown'))) {
    return { outcome: 'unknown', others, error };
  }
  if (EntitableError.is(error, 'store.aborted')) return { outcome: 'not-written', failed: [], error };
  return { outcome: 'not-written', failed: refused === undefined ? sent : [refused], error };
}
