import { EntitableError } from '../errors/entitable-error.js';
import type { Batch } from '../writing/batch.js';
import { submitBatch, type BatchFailure } from '../writing/submit-batch.js';
import { mapConcurrently } from '../async/map-concurrently.js';
import type { TableStore, WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { ChangeSet } from './change-set.js';

/** What became of one batch that was sent. */
export type BatchOutcome =
  | { readonly outcome: 'written'; readonly receipts: ReadonlyMap<ChangeSet, WriteReceipt> }
  /** `failed` is what the store refused. */
  | { readonly outcome: 'not-written'; readonly failed: readonly ChangeSet[]; readonly error: unknown }
  | { readonly outcome: 'unknown'; readonly error: unknown };

/** How a commit sends. */
export interface Sending extends OperationOptions {
  readonly concurrency: number;
  /** Told as soon as a batch is answered. */
  readonly answered: (batch: Batch<ChangeSet>, outcome: BatchOutcome) => void;
}

/**
 * Sends the batches of a partition one after the other, and partitions side by side. After the first failure no new batch starts;
 * those under way are awaited.
 */
export async function sendBatches(
  store: TableStore,
  partitions: readonly (readonly Batch<ChangeSet>[])[],
  { concurrency, answered, ...options }: Sending,
): Promise<void> {
  let failed = false;
  await mapConcurrently(partitions, concurrency, async (batches) => {
    for (const batch of batches) {
      if (failed || options.signal?.aborted) return;
      const sent = await sendChanges(store, batch, options);
      failed ||= sent.outcome !== 'written';
      answered(batch, sent);
    }
  });
}

async function sendChanges(
  store: TableStore,
  batch: Batch<ChangeSet>,
  options: OperationOptions,
): Promise<BatchOutcome> {
  const receipts = new Map<ChangeSet, WriteReceipt>();
  const rest = await submitBatch(batch.writes, {
    submit: (writes) => store.submit(batch.table, writes, options),
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

function outcomeOf(sent: readonly ChangeSet[], { error, refused }: BatchFailure<ChangeSet>): BatchOutcome {
  // Whatever is no answer of a store says nothing about the rows.
  if (!EntitableError.is(error, 'store.') || EntitableError.is(error, 'store.outcome-unknown')) {
    return { outcome: 'unknown', error };
  }
  if (EntitableError.is(error, 'store.aborted')) return { outcome: 'not-written', failed: [], error };
  return { outcome: 'not-written', failed: refused === undefined ? sent : [refused], error };
}
