import { writeBulk, type BulkTask } from '../writing/bulk-write.js';
import { PARTITION_KEY, ROW_KEY, type RowReader } from '../store/row.js';
import type { WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { checkWriting } from './copy-options.js';
import { readRows, storedRows, type TablePlace } from './table-place.js';

/** Progress of a truncation, passed to `onProgress` after each transaction. */
export interface TruncateProgress {
  /** Number of rows deleted so far. */
  readonly deleted: number;
  /** Average number of rows deleted per second since the deletion began. */
  readonly ratePerSecond: number;
}

/** The result of a truncation. */
export interface TruncateReport {
  /** Number of rows that were deleted; for a class with indexes the number of entities, whose entries do not count. */
  readonly deleted: number;
}

/**
 * Options of a truncation. `signal` stops it: with `store.aborted` during the first request, later with
 * `commit.bulk-stopped`, which reports the progress. `timeout` applies to each request.
 */
export interface TruncateOptions extends OperationOptions {
  /**
   * Maximum number of transactions in flight, each for a different partition; 16 by default. `adaptive` adjusts it to
   * the store's response times.
   */
  readonly concurrency?: number | 'adaptive' | undefined;
  /**
   * Called after every transaction, without being awaited. If it throws or its promise is rejected, the error is
   * ignored; use `signal` to stop the deletion.
   */
  readonly onProgress?: ((progress: TruncateProgress) => unknown) | undefined;
}

/**
 * Deletes every row of a table, or of an entity class in it, whatever its ETag. A row that another program deletes
 * meanwhile counts as deleted.
 */
export async function truncateTable(
  place: TablePlace,
  { concurrency, onProgress, signal, timeout }: TruncateOptions = {},
): Promise<TruncateReport> {
  checkWriting({ concurrency, timeout });
  const { table, tables } = place;
  const pages = readRows(place, true, { request: { select: [] }, decode: keysOf }, { signal, timeout });
  const rows = storedRows(tables.strict, table);
  const prepare = (key: Key) => ({
    table,
    write: rows.prepare({ mode: 'delete', ...key, ifMatch: '*' }),
    written: (_receipt: WriteReceipt) => undefined,
    refused: (error: unknown) => error,
  });
  return deleteRows(pages, { store: tables.strict, prepare }, { concurrency, onProgress, signal, timeout });
}

/**
 * Deletes rows while they are read. A row that is missing by then counts as deleted. Reads the first page before it
 * begins, so that an error of that request is thrown as it is.
 */
export async function deleteRows<R>(
  pages: AsyncGenerator<{ readonly rows: readonly R[] }, void, undefined>,
  task: Pick<BulkTask<R>, 'store' | 'prepare'>,
  { concurrency, onProgress, signal, timeout }: TruncateOptions,
): Promise<TruncateReport> {
  const first = await pages.next();
  const { written } = await writeBulk(
    rows(),
    { ...task, ignored: 'store.not-found' },
    {
      concurrency,
      signal,
      timeout,
      ...(onProgress !== undefined && {
        onProgress: ({ done, ratePerSecond }) => onProgress({ deleted: done, ratePerSecond }),
      }),
    },
  );
  return Object.freeze({ deleted: written });

  async function* rows(): AsyncGenerator<R, void, undefined> {
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
