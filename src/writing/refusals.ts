import { EntitableError } from '../errors/entitable-error.js';
import type { StoreErrorDetails } from '../errors/error-details.js';
import type { GroupRow } from './batch.js';

/** Error of the last transaction of a batch. */
export interface BatchFailure<W> {
  readonly error: unknown;
  /** The write that the store refused, if the error is about one write and names it. */
  readonly refused: W | undefined;
  /** True if the store refused the transaction for certain, although the error does not say so. */
  readonly isRefusal?: boolean | undefined;
  /** The further rows of the groups that were sent in the last transaction. */
  readonly others?: readonly GroupRow[] | undefined;
}

/** Refusals that concern one write, and not the state of the store or the connection to it. */
const OF_WRITES: readonly string[] = [
  'store.already-exists',
  'store.not-found',
  'store.precondition-failed',
  'store.rejected',
  'entity.not-unique',
];

/**
 * Returns whether a store refused a write for a reason that concerns only that write, so that the rest of its
 * transaction can be written without it.
 */
export function isOfWrite(error: unknown): error is EntitableError {
  return EntitableError.is(error) && OF_WRITES.includes(error.code);
}

/** Returns the index in the transaction of the write that a store's error names; `undefined` if it names none. */
export function operationOf(error: unknown): number | undefined {
  if (!EntitableError.is(error, 'store.')) return undefined;
  return (error.details as StoreErrorDetails).operation;
}

/** Returns a copy of an error that names the refused write by another index. */
export function withOperation(error: unknown, operation: number): unknown {
  if (!EntitableError.is(error, 'store.') || operationOf(error) === operation) return error;
  return copyOf(error, error.code, error.message, { operation });
}

/** Creates the error for a group that was refused because other writers kept changing one of its further rows. */
export function contendedRow(error: EntitableError, index: string, operation: number): EntitableError {
  return copyOf(
    error,
    'store.precondition-failed',
    `Other writers kept changing the entry in the index ${index} that the write needs. Read the entity again and repeat the change.`,
    { operation, index },
  );
}

/**
 * Turns the store's error for a further row into the error of its group. If the further row unexpectedly exists or is
 * missing, another writer was faster; the error must not say the same of the entity's own row.
 */
export function refusedEntry(error: EntitableError, index: string, operation: number): EntitableError {
  if (error.code === 'store.not-found' || error.code === 'store.already-exists') {
    return contendedRow(error, index, operation);
  }
  return EntitableError.is(error, 'store.') ? copyOf(error, error.code, error.message, { operation, index }) : error;
}

/**
 * Creates the error for a group of several rows, one of which was refused because it exists or is missing, if the store
 * does not say which one. The error names no row, because it need not be the entity's own.
 */
export function unnamedRow(error: unknown): unknown {
  if (!EntitableError.is(error, 'store.not-found') && !EntitableError.is(error, 'store.already-exists')) return error;
  const problem = error.code === 'store.not-found' ? 'does not exist' : 'exists';
  return copyOf(
    error,
    'store.rejected',
    `A transaction was refused because one of its rows ${problem}, and the store does not say which.`,
    {},
  );
}

function copyOf<C extends Extract<EntitableError['code'], `store.${string}`>>(
  error: EntitableError,
  code: C,
  message: string,
  changes: StoreErrorDetails,
): EntitableError {
  const details = error.details as StoreErrorDetails;
  const { serviceMessage } = details; // not enumerable, so the spread below does not copy it
  return new EntitableError<'store.rejected'>(
    code as 'store.rejected',
    message,
    { ...details, ...(serviceMessage !== undefined && { serviceMessage }), ...changes },
    { cause: code === error.code ? error.cause : error },
  );
}
