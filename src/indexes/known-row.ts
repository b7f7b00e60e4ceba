import { retryWithBackoff } from '../async/backoff.js';
import { Deadline } from '../async/deadline.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { Address } from '../mapping/entity-address.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { Rows } from '../store/table-store.js';
import type { IndexRows, KnownRow } from './index-rows.js';

/** Maximum number of attempts of a write that first reads its row, while other writers keep changing that row. */
const ATTEMPTS = 21;

/** Reads a row before it is written, because the write must change entries that depend on the stored values. */
export function readKnown(
  indexes: IndexRows,
  { partitionKey, rowKey }: Address,
  options: OperationOptions | undefined,
  rows: Rows = indexes.mapper.rows,
): Promise<KnownRow | undefined> {
  return rows.get(partitionKey, rowKey, (row) => indexes.known(row), undefined, options);
}

/**
 * Reads and writes a row by calling `attempt`, and repeats this at most 20 times while other writers are faster.
 * `timeout` limits all attempts together.
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
 * Returns whether a conditional write failed only because another writer changed the row after it had been read.
 * `mayBeMissing` is true for an upsert, for which it does not matter whether the row exists.
 */
export function isLostRace(error: unknown, mayBeMissing: boolean): boolean {
  if (EntitableError.is(error, 'store.precondition-failed')) return true;
  return (
    mayBeMissing && (EntitableError.is(error, 'store.already-exists') || EntitableError.is(error, 'store.not-found'))
  );
}
