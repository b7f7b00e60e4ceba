import { EntitableError } from '../errors/entitable-error.js';
import { retryWithBackoff } from '../async/backoff.js';
import { Deadline } from '../async/deadline.js';
import { checkTimeout, type OperationOptions } from '../options/operation-options.js';
import type { TableStore } from '../store/table-store.js';

/** Options for creating a table. */
export interface CreateTableOptions extends OperationOptions {
  /**
   * Waits if the service is still deleting a table of this name, which takes about 40 seconds. The request is repeated
   * every few seconds, for `timeout` milliseconds in total, 120,000 by default. Without this option, creating the table
   * fails with `store.unavailable`.
   */
  readonly waitForDeletion?: boolean | undefined;
}

/** Default timeout with `waitForDeletion`, in milliseconds: three times what Azure usually needs. */
const DEFAULT_PATIENCE = 120_000;
const WAITS = Object.freeze({ first: 500, longest: 5000 });

/**
 * Creates a table. If requested, waits until the service has deleted an earlier table of the same name. Returns `false`
 * if the table already existed.
 */
export async function createTable(
  store: TableStore,
  table: string,
  { waitForDeletion = false, ...options }: CreateTableOptions = {},
): Promise<boolean> {
  checkTimeout(options);
  if (!waitForDeletion) return store.createTable(table, options);
  const { timeout = DEFAULT_PATIENCE, signal } = options;
  const deadline = new Deadline({ signal, timeout });
  return retryWithBackoff(() => store.createTable(table, deadline.rest), {
    attempts: Infinity,
    waits: WAITS,
    when: isBeingDeleted,
    async wait(milliseconds, error) {
      try {
        await deadline.pause(milliseconds);
      } catch (failure) {
        throw EntitableError.is(failure, 'store.timeout') ? stillBeingDeleted(table, timeout, error) : failure;
      }
    },
  });
}

function isBeingDeleted(error: unknown): error is EntitableError<'store.unavailable'> {
  return EntitableError.is(error, 'store.unavailable') && error.details.serviceCode === 'TableBeingDeleted';
}

function stillBeingDeleted(table: string, timeout: number, error: unknown): EntitableError {
  return new EntitableError(
    'store.timeout',
    `The table ${table} was still being deleted after ${timeout} ms, and was not made. Wait longer, or take another name.`,
    isBeingDeleted(error) ? error.details : {},
    { cause: error },
  );
}
