import { notify } from '../async/notify.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { OperationOptions, PreparedWrite, TableStore } from '../store/table-store.js';
import type { RowPlace } from './keyed-rows.js';
import type { MatchedRow, PrepareWrite } from './match-writes.js';

/** How far a write by filter has come. */
export interface WriteProgress {
  /** Rows that were deleted or merged into. */
  readonly changed: number;
  /** Rows that matched when they were read, and were deleted or changed so that they match no longer before they could be written. */
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
  /** Rows that others deleted, or changed so that they match no longer, before they could be written. */
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
  /** Writes of one transaction. */
  readonly batchSize: number;
  /** Reads a row again, if it still matches. */
  readonly reread: (row: RowPlace) => Promise<MatchedRow | undefined>;
}

/** Times that a row which others change meanwhile is read and tested again before it counts as failed. */
const ATTEMPTS = 5;

interface Pending extends MatchedRow {
  readonly attempt: number;
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
    const pending: Pending[] = rows.map(({ partitionKey, rowKey, etag }) => ({
      partitionKey,
      rowKey,
      etag,
      attempt: 1,
    }));
    while (pending.length > 0) {
      const batch = nextBatch(writer, pending);
      const problem = await submit(writer, batch, options);
      if (problem === undefined) changed += batch.length;
      else
        await settle(
          batch.map(({ row }) => row),
          problem,
          pending,
        );
      if (onProgress !== undefined) notify(onProgress, { changed, skipped, failed: failed.length });
    }
  }
  return Object.freeze({ changed, skipped, failed: Object.freeze(failed) });

  /** Nothing of a refused transaction was written: the row at fault is seen to, the others are written again. */
  async function settle(batch: readonly Pending[], { index, error }: Problem, pending: Pending[]): Promise<void> {
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

interface Prepared {
  readonly row: Pending;
  readonly write: PreparedWrite;
}

/** Takes what one transaction can hold: rows of one partition, by number and by size. */
function nextBatch({ prepare, batchSize, store }: MatchWriter, pending: Pending[]): readonly Prepared[] {
  const { transactionBytes } = store.traits.limits;
  const batch: Prepared[] = [];
  let bytes = 0;
  for (const row of pending) {
    if (batch.length === batchSize || row.partitionKey !== pending[0]!.partitionKey) break;
    const write = prepare(row);
    if (batch.length > 0 && bytes + write.bytes > transactionBytes) break;
    batch.push({ row, write });
    bytes += write.bytes;
  }
  pending.splice(0, batch.length);
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
      batch.map(({ write }) => write),
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
