import { retryWithBackoff } from '../async/backoff.js';
import { Deadline } from '../async/deadline.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { Address } from '../mapping/entity-address.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { Rows } from '../store/table-store.js';
import type { IndexRows, KnownRow } from './index-rows.js';

/** Attempts of a write that reads its row first, while other writers keep changing the row. */
const ATTEMPTS = 21;

/** Reads the row that a write must know, because the entries that it changes depend on the row. */
export function readKnown(
  indexes: IndexRows,
  { partitionKey, rowKey }: Address,
  options: OperationOptions | undefined,
  rows: Rows = indexes.mapper.rows,
): Promise<KnownRow | undefined> {
  return rows.get(partitionKey, rowKey, (row) => indexes.known(row), undefined, options);
}

/**
 * Reads and writes a row, and does both again if another writer was faster, at most 20 times. `timeout` limits all of
 * it together.
 */
export function untilWritten<R>(
  attempt: (limits: OperationOptions) => Promise<R>,
  isRaced: (error: unknown) => boolean,
  options: OperationOptions | undefined,
): Promise<R> {
  const deadline = new Deadline(options);
  return retryWithBackoff(() => attempt(deadline.rest), {
    attempts: ATTEMPTS,
    when: isRaced,
    wait: (milliseconds) => deadline.pause(milliseconds),
  });
}

/**
 * Returns whether a conditional write of a row that was read just before it failed only because another writer was
 * faster. `mayBeMissing` is true for an upsert, for which it does not matter whether the row exists.
 */
export function isLostRace(error: unknown, mayBeMissing: boolean): boolean {
  if (EntitableError.is(error, 'store.precondition-failed')) return true;
  return (
    mayBeMissing && (EntitableError.is(error, 'store.already-exists') || EntitableError.is(error, 'store.not-found'))
  );
}
