import { EntitableError } from '../errors/entitable-error.js';
import { jitteredWait } from '../async/backoff.js';
import { checkTimeout, type OperationOptions } from '../options/operation-options.js';
import type { TableStore } from '../store/table-store.js';

/** How a table is made. */
export interface CreateTableOptions extends OperationOptions {
  /**
   * Whether to wait while the service still deletes a table of this name, which takes it some 40 seconds: it is asked again every few
   * seconds, for `timeout` milliseconds in all, 120,000 by default. Without, that is `store.unavailable`.
   */
  readonly waitForDeletion?: boolean | undefined;
}

const PATIENCE = 120_000;
const WAITS = Object.freeze({ first: 250, longest: 5000 });

/** Makes a table, waiting for the end of an earlier one's deletion where that is wanted; `false` when it existed. */
export async function createTable(
  store: TableStore,
  table: string,
  { waitForDeletion = false, ...options }: CreateTableOptions = {},
): Promise<boolean> {
  checkTimeout(options);
  if (!waitForDeletion) return store.createTable(table, options);
  const { timeout = PATIENCE, signal } = options;
  const ends = performance.now() + timeout;
  for (let attempt = 1; ; attempt++) {
    let error: unknown;
    try {
      return await store.createTable(table, { signal, timeout: Math.max(1, ends - performance.now()) });
    } catch (thrown) {
      error = thrown;
    }
    if (!isBeingDeleted(error)) throw error;
    const left = ends - performance.now();
    if (left > 0) await jitteredWait(attempt, { ...WAITS, longest: Math.min(left, WAITS.longest) }, signal);
    if (ends <= performance.now()) throw stillBeingDeleted(table, timeout, error);
  }
}

function isBeingDeleted(error: unknown): error is EntitableError<'store.unavailable'> {
  return EntitableError.is(error, 'store.unavailable') && error.details.serviceCode === 'TableBeingDeleted';
}

function stillBeingDeleted(table: string, timeout: number, error: EntitableError<'store.unavailable'>): EntitableError {
  return new EntitableError(
    'store.timeout',
    `The table ${table} was still being deleted after ${timeout} ms, and was not made. Wait longer, or take another name.`,
    error.details,
    { cause: error },
  );
}
