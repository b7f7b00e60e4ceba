import { notify } from '../async/notify.js';
import { EntitableError } from '../errors/entitable-error.js';
import { Deadline } from '../store/deadline.js';
import type { OperationOptions, TableStore } from '../store/table-store.js';
import type { RowPlace } from './keyed-rows.js';
import type { MatchedRow, MatchWrite, PrepareWrite } from './match-writes.js';

/** How far a write by filter has come. */
export interface WriteProgress {
  /** Rows that were deleted or merged into. */
  readonly changed: number;
  /** Rows that matched when they were read, and were deleted or changed so that they match no longer before they could be written; or that a patch function left as they are. */
  readonly skipped: number;
  /** Rows that the store refused to change. */
  readonly failed: number;
}

/** A row that could not be changed. */
export interface FailedRow extends RowPlace {
  /** The store's refusal. */
  readonly error: EntitableError;
}

/** What a write by filter did. */
export interface WriteReport {
  /** Rows that were deleted or merged into. */
  readonly changed: number;
  /** Rows that others deleted, or changed so that they match no longer, before they could be written; or that a patch function left as they are. */
  readonly skipped: number;
  /** Rows that the store refused to change. */
  readonly failed: readonly FailedRow[];
}

/** Options of a write by filter. */
export interface WriteByFilterOptions extends OperationOptions {
  /** Is told after every transaction, and not waited for. What it throws, or rejects with, is ignored; `signal` stops the write. */
  readonly onProgress?: ((progress: WriteProgress) => unknown) | undefined;
}

/** What a write by filter needs of the query and the store. */
export interface MatchWriter {
  readonly store: TableStore;
  readonly table: string;
  readonly prepare: PrepareWrite;
  /** Reads a row again, if it still matches. */
  readonly reread: (row: RowPlace) => Promise<MatchedRow | undefined>;
}

/** Times that a row which others change meanwhile is read and tested again before it counts as failed. */
const ATTEMPTS = 5;

interface Pending extends MatchedRow {
  readonly attempt: number;
  /** Where it was prepared before and not written: what prepares it may compute, and is asked once. */
  readonly prepared?: MatchWrite;
}

/** Writes the rows that match, in transactions of one partition, each row on condition that it is as it was read. */
export async function writeMatches(
  writer: MatchWriter,
  matches: AsyncIterable<{ readonly rows: readonly MatchedRow[] }>,
  { onProgress, ...options }: WriteByFilterOptions = {},
): Promise<WriteReport> {
  let changed = 0;
  let skipped = 0;
  const failed: FailedRow[] = [];
  for await (const { rows } of matches) {
    const pending: Pending[] = rows.map((row) => ({ ...row, attempt: 1 }));
    while (pending.length > 0) {
      const before = pending.length;
      const batch = await nextBatch(writer, pending, options);
      skipped += before - pending.length - batch.length;
      if (batch.length > 0) {
        const problem = await submit(writer, batch, options);
        if (problem === undefined) changed += batch.length;
        else await settle(batch, problem, pending);
      }
      if (onProgress !== undefined) notify(onProgress, { changed, skipped, failed: failed.length });
    }
  }
  return Object.freeze({ changed, skipped, failed: Object.freeze(failed) });

  /** Nothing of a refused transaction was written: the row at fault is seen to, the others are written again. */
  async function settle(batch: readonly Prepared[], { index, error }: Problem, pending: Pending[]): Promise<void> {
    const { attempt, ...row } = batch[index]!;
    pending.unshift(...batch.filter((_, other) => other !== index));
    if (EntitableError.is(error, 'store.not-found')) {
      skipped++;
    } else if (!EntitableError.is(error, 'store.precondition-failed') || attempt >= ATTEMPTS) {
      failed.push({ partitionKey: row.partitionKey, rowKey: row.rowKey, error });
    } else {
      const again = await writer.reread(row);
      if (again === undefined) skipped++;
      else pending.unshift({ ...again, attempt: attempt + 1 });
    }
  }
}

interface Prepared extends Pending {
  readonly prepared: MatchWrite;
}

/** Takes what one transaction can hold: rows of one partition, by number and by size; rows that there is nothing to write of are left out. */
async function nextBatch(
  { prepare, store }: MatchWriter,
  pending: Pending[],
  options: OperationOptions,
): Promise<readonly Prepared[]> {
  const { limits, removes } = store.traits;
  const batch: Prepared[] = [];
  let bytes = 0;
  for (let row = pending[0]; row !== undefined; row = pending[0]) {
    const isFull = batch.length === limits.transactionWrites;
    if (batch.length > 0 && (isFull || row.partitionKey !== batch[0]!.partitionKey)) break;
    const preparing = row.prepared ?? prepare(row);
    const prepared = preparing instanceof Promise ? await new Deadline(options).wait(preparing) : preparing;
    if (prepared === undefined) {
      pending.shift();
      continue;
    }
    const isAlone = prepared.removes && removes === 'by-replacing';
    if (batch.length > 0 && (isAlone || bytes + prepared.write.bytes > limits.transactionBytes)) {
      pending[0] = { ...row, prepared };
      break;
    }
    pending.shift();
    batch.push({ ...row, prepared });
    bytes += prepared.write.bytes;
    if (isAlone) break;
  }
  return batch;
}

/** The write that a transaction failed for. */
interface Problem {
  readonly index: number;
  readonly error: EntitableError;
}

async function submit(
  { store, table }: MatchWriter,
  batch: readonly Prepared[],
  options: OperationOptions,
): Promise<Problem | undefined> {
  try {
    await store.submit(
      table,
      batch.map(({ prepared }) => prepared.write),
      options,
    );
    return undefined;
  } catch (error) {
    if (!EntitableError.is(error, 'store.') || !ROW_CODES.has(error.code)) throw error;
    const index = batch.length === 1 ? 0 : (error.details as { readonly operation?: number }).operation;
    if (index === undefined || batch[index] === undefined) throw error;
    return { index, error };
  }
}

/** Refusals that are about one row; all others would meet the next one too. */
const ROW_CODES: ReadonlySet<string> = new Set(['store.not-found', 'store.precondition-failed', 'store.rejected']);
