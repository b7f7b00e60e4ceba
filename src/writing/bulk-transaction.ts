import type { BulkFailure } from '../errors/write-reports.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { PreparedWrite, TableStore, WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { entriesAfter, haveEntries } from './apart-phases.js';
import type { Batch, ReadyWrite, TableWrite } from './batch.js';
import { submitWithBackoff, type Concurrency } from './concurrency.js';
import { isOfWrite } from './refusals.js';
import { submitBatch } from './submit-batch.js';

/** An item of the input, with the write that it becomes. */
export interface BulkItem<I> extends TableWrite {
  readonly index: number;
  readonly item: I;
  readonly ready: ReadyWrite;
  /** Number of times that the write was made, including the first; absent if it was made only once. */
  readonly attempts?: number;
}

/** Maximum number of times that a write is made for its row, while other writers keep changing the row. */
const ATTEMPTS = 5;

function isRepeated({ ready, attempts = 1 }: BulkItem<unknown>, error: unknown): boolean {
  return attempts < ATTEMPTS && ready.again?.when(error) === true;
}

/** Code of a refusal that may count as success: the row to delete is missing, or the row to insert exists. */
export type IgnoredRefusal = 'store.not-found' | 'store.already-exists';

/** Settings for sending the transactions of a bulk write. */
export interface BulkSending {
  readonly store: TableStore;
  readonly operation: OperationOptions;
  readonly concurrency: Concurrency;
  /** True to leave out a refused item and write the others. */
  readonly collects: boolean;
  /** Code of the refusal that counts as success, if any. */
  readonly ignored: IgnoredRefusal | undefined;
  readonly stopped: () => boolean;
}

/** Result of sending one batch. */
export interface BulkOutcome<I> {
  readonly written: number;
  readonly failed: readonly BulkFailure<I>[];
  readonly unsent: readonly BulkItem<I>[];
  /** Set if the whole bulk write must stop. */
  readonly stop?: { readonly cause: unknown };
}

/** Returns the parts of an item that come from its write. */
function writeOf(ready: ReadyWrite): Pick<BulkItem<unknown>, 'table' | 'write' | 'others' | 'apart' | 'ready'> {
  return { table: ready.table, write: ready.write, others: ready.others, apart: ready.apart, ready };
}

/**
 * Sends one batch. With `onError: 'collect'` a refused item is left out and the others are sent again, until they are
 * written. If the store does not name the refused item, the batch is split into halves until the item is found.
 */
export async function sendBatch<I>(batch: Batch<BulkItem<I>>, sending: BulkSending): Promise<BulkOutcome<I>> {
  const attempted: BulkItem<I>[] = haveEntries(batch.writes) ? [...batch.writes] : [];
  const outcome = await sendItems(batch, sending, attempted);
  // No item is sent again after this, so the entries of those that were not written are superfluous.
  await entriesAfter(attempted, 'not-written', { options: sending.operation, cause: outcome.stop?.cause });
  return outcome;
}

/**
 * Sends the items of a batch. If another writer has changed the row of an item, its write is made anew for the row as
 * it is then. Such an item is added to `attempted`, because its write may have written entries in other partitions,
 * which the caller deletes if the item is not written in the end.
 */
async function sendItems<I>(
  batch: Batch<BulkItem<I>>,
  sending: BulkSending,
  attempted: BulkItem<I>[],
): Promise<BulkOutcome<I>> {
  const { collects, ignored, stopped } = sending;
  const failed: BulkFailure<I>[] = [];
  let written = 0;
  let problem: { readonly cause: unknown } | undefined;
  // Counted before the entity receives its ETag: the row is stored, even if a setter of the user's class throws.
  const onWritten = ({ ready }: BulkItem<I>, receipt: WriteReceipt): void => {
    written++;
    try {
      ready.written(receipt);
    } catch (cause) {
      problem ??= { cause };
    }
  };
  const submission = {
    submit: (writes: readonly PreparedWrite[], within?: number) =>
      submitWithBackoff(batch.table, writes, sending, within),
    options: sending.operation,
    stopped,
    onWritten,
    onRefused(refused: BulkItem<I>, error: unknown): boolean {
      if (!isOfWrite(error) || isRepeated(refused, error)) return false;
      if (ignored !== undefined && error.code === ignored) {
        onWritten(refused, {});
        return true;
      }
      const { index, item, ready } = refused;
      failed.push({ index, item, error: ready.refused(error) });
      return collects;
    },
  };
  const groups: (readonly BulkItem<I>[])[] = [batch.writes];
  for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
    const rest = await submitBatch(group, submission);
    if (rest === undefined) {
      if (problem === undefined) continue;
      return { written, failed, unsent: groups.flat(), stop: problem };
    }
    const { unwritten, failure } = rest;
    if (failure === undefined) return { written, failed, unsent: [unwritten, ...groups].flat() };
    const { error, refused } = failure;
    if (refused !== undefined && isRepeated(refused, error)) {
      const at = unwritten.indexOf(refused);
      try {
        await entriesAfter([refused], 'not-written', { options: sending.operation, cause: error });
        const ready = await refused.ready.again!.prepare();
        const again = { ...refused, ...writeOf(ready), attempts: (refused.attempts ?? 1) + 1 };
        if (again.apart !== undefined) attempted.push(again);
        groups.unshift(
          ...[unwritten.slice(0, at), [again], unwritten.slice(at + 1)].filter(({ length }) => length > 0),
        );
      } catch (cause) {
        const others = unwritten.filter((item) => item !== refused);
        if (!isOfWrite(cause)) return { written, failed, unsent: [unwritten, ...groups].flat(), stop: { cause } };
        if (!submission.onRefused({ ...refused, attempts: ATTEMPTS }, cause))
          return { written, failed, unsent: [others, ...groups].flat(), stop: { cause } };
        groups.unshift(others);
      }
      continue;
    }
    if (EntitableError.is(error, 'store.outcome-unknown')) {
      failed.push(...unwritten.map(({ index, item, ready }) => ({ index, item, error: ready.refused(error) })));
      await entriesAfter(unwritten, 'unknown', { options: sending.operation, cause: error });
      if (!collects) return { written, failed, unsent: groups.flat(), stop: { cause: error } };
    } else if (isOfWrite(error) && refused === undefined && collects) {
      groups.unshift(unwritten.slice(0, unwritten.length >> 1), unwritten.slice(unwritten.length >> 1));
    } else {
      const others = isOfWrite(error) ? unwritten.filter((item) => item !== refused) : unwritten;
      return { written, failed, unsent: [others, ...groups].flat(), stop: { cause: error } };
    }
  }
  return { written, failed, unsent: [], ...(problem !== undefined && { stop: problem }) };
}
