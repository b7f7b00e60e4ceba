import { writeBulk } from '../writing/bulk-write.js';
import { PARTITION_KEY, ROW_KEY, type RowReader } from '../store/row.js';
import type { WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { checkWriting } from './copy-options.js';
import { readRows, storedRows, type TablePlace } from './table-place.js';

/** How far a table is emptied. */
export interface TruncateProgress {
  /** Rows deleted so far. */
  readonly deleted: number;
  /** Rows deleted a second, since the beginning. */
  readonly ratePerSecond: number;
}

/** What emptying a table did. */
export interface TruncateReport {
  /** Rows that were deleted. */
  readonly deleted: number;
}

/** How a table is emptied. `signal` stops it cleanly; `timeout` is each request's. */
export interface TruncateOptions extends OperationOptions {
  /** Transactions under way at once, each of another partition; 16 by default. `adaptive` finds out what the store answers well. */
  readonly concurrency?: number | 'adaptive' | undefined;
  /** Is told after every transaction, and not waited for. What it throws, or rejects with, is ignored; `signal` stops the deletion. */
  readonly onProgress?: ((progress: TruncateProgress) => unknown) | undefined;
}

/** Deletes every row of a place, whatever its ETag; rows that somebody else deletes meanwhile are as good as deleted. */
export async function truncateTable(
  place: TablePlace,
  { concurrency, onProgress, signal, timeout }: TruncateOptions = {},
): Promise<TruncateReport> {
  checkWriting({ concurrency, timeout });
  const { table, tables } = place;
  const pages = readRows(place, true, { request: { select: [] }, decode: keysOf }, { signal, timeout });
  const first = await pages.next();
  const rows = storedRows(tables.strict, table);
  const prepare = (key: Key) => ({
    table,
    write: rows.prepare({ mode: 'delete', ...key, ifMatch: '*' }),
    written: (_receipt: WriteReceipt) => undefined,
    refused: (error: unknown) => error,
  });
  const task = { store: tables.strict, prepare, ignored: 'store.not-found' } as const;
  const { written } = await writeBulk(keys(), task, {
    concurrency,
    signal,
    timeout,
    ...(onProgress !== undefined && {
      onProgress: ({ done, ratePerSecond }) => onProgress({ deleted: done, ratePerSecond }),
    }),
  });
  return Object.freeze({ deleted: written });

  async function* keys(): AsyncGenerator<Key, void, undefined> {
    try {
      for (let page = first; page.done !== true; page = await pages.next()) yield* page.value.rows;
    } finally {
      await pages.return();
    }
  }
}

interface Key {
  readonly partitionKey: string;
  readonly rowKey: string;
}

function keysOf(row: RowReader): Key {
  return { partitionKey: row.string(PARTITION_KEY), rowKey: row.string(ROW_KEY) };
}
