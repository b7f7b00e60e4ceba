import type { BulkFailure } from '../errors/error-details.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { TableStore } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { isOfWrite, refusedWrite, type Batch, type ReadyWrite, type TableWrite } from './batch.js';
import { submitWithBackoff, type Concurrency } from './concurrency.js';

/** One item of the input, and the write it becomes. */
export interface BulkItem<I> extends TableWrite {
  readonly index: number;
  readonly item: I;
  readonly ready: ReadyWrite;
}

/** A refusal that may be as good as success: the row to delete is gone, or the row to insert stands. */
export type IgnoredRefusal = 'store.not-found' | 'store.already-exists';

/** How the transactions of a bulk write are sent. */
export interface BulkSending {
  readonly store: TableStore;
  readonly operation: OperationOptions;
  readonly concurrency: Concurrency;
  /** Whether an item that is refused is left out, and the others written. */
  readonly collects: boolean;
  /** A refusal that is as good as success. */
  readonly ignored: IgnoredRefusal | undefined;
  readonly stopped: () => boolean;
}

/** What became of one batch. */
export interface BulkOutcome<I> {
  readonly written: number;
  readonly failed: readonly BulkFailure<I>[];
  readonly unsent: readonly BulkItem<I>[];
  /** Why the whole bulk write is to stop. */
  readonly stop?: { readonly cause: unknown };
}

/** What an error says of the items that were sent. */
type Verdict<I> =
  | { readonly kind: 'as-good' | 'failed'; readonly items: readonly BulkItem<I>[] }
  /** It is one of them, and nobody says which. */
  | { readonly kind: 'one-of-them' }
  | { readonly kind: 'of-the-store' };

/** Sends one batch. Where items are collected, one that is refused is left out and the others are sent again, until they are written. */
export async function sendBatch<I>(batch: Batch<BulkItem<I>>, sending: BulkSending): Promise<BulkOutcome<I>> {
  const failed: BulkFailure<I>[] = [];
  const groups: (readonly BulkItem<I>[])[] = [batch.writes];
  let written = 0;
  for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
    if (sending.stopped()) return { written, failed, unsent: [group, ...groups].flat() };
    let error: unknown;
    try {
      const receipts = await submitWithBackoff(batch.table, group, sending);
      group.forEach((item, index) => item.ready.written(receipts[index] ?? {}));
      written += group.length;
      continue;
    } catch (thrown) {
      error = thrown;
    }
    const verdict = verdictOf(group, error, sending);
    switch (verdict.kind) {
      case 'as-good':
        for (const item of verdict.items) item.ready.written({});
        written += verdict.items.length;
        groups.unshift(without(group, verdict.items));
        break;
      case 'failed':
        failed.push(...verdict.items.map(({ index, item, ready }) => ({ index, item, error: ready.refused(error) })));
        groups.unshift(without(group, verdict.items));
        if (!sending.collects) return { written, failed, unsent: groups.flat(), stop: { cause: error } };
        break;
      case 'one-of-them':
        groups.unshift(group.slice(0, group.length >> 1), group.slice(group.length >> 1));
        break;
      case 'of-the-store':
        return { written, failed, unsent: [group, ...groups].flat(), stop: { cause: error } };
      default:
        return verdict satisfies never;
    }
    if (groups[0]?.length === 0) groups.shift();
  }
  return { written, failed, unsent: [] };
}

function verdictOf<I>(group: readonly BulkItem<I>[], error: unknown, { collects, ignored }: BulkSending): Verdict<I> {
  if (EntitableError.is(error, 'store.outcome-unknown')) return { kind: 'failed', items: group };
  if (!isOfWrite(error)) return { kind: 'of-the-store' };
  const refused = group.length === 1 ? group[0] : refusedWrite(group, error);
  if (refused === undefined) return { kind: collects ? 'one-of-them' : 'of-the-store' };
  const isAsGood = ignored !== undefined && EntitableError.is(error, ignored);
  return { kind: isAsGood ? 'as-good' : 'failed', items: [refused] };
}

function without<I>(group: readonly BulkItem<I>[], items: readonly BulkItem<I>[]): readonly BulkItem<I>[] {
  return group.filter((item) => !items.includes(item));
}
