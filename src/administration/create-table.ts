import { EntitableError } from '../errors/entitable-error.js';
import { retryWithBackoff } from '../async/backoff.js';
import { Deadline } from '../async/deadline.js';
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
const WAITS = Object.freeze({ first: 500, longest: 5000 });

/** Makes a table, waiting for the end of an earlier one's deletion where that is wanted; `false` when it existed. */
export async function createTable(
  store: TableStore,
  table: string,
  { waitForDeletion = false, ...options }: CreateTableOptions = {},
): Promise<boolean> {
  checkTimeout(options);
  if (!waitForDeletion) return store.createTable(table, options);
  const { timeout = PATIENCE, signal } = options;
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
