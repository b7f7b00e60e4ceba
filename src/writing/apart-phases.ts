import { mapConcurrently } from '../async/map-concurrently.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { StaleEntry } from '../errors/write-reports.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { ApartEntries, TableWrite, WriteOutcome } from './batch.js';

/** The maximum number of writes whose entries in other partitions are written at the same time. */
const CONCURRENCY = 16;

interface Apart<W> {
  readonly item: W;
  readonly apart: ApartEntries;
}

function apartOf<W extends TableWrite>(writes: readonly W[]): readonly Apart<W>[] {
  return writes.flatMap((item) => (item.apart === undefined ? [] : [{ item, apart: item.apart }]));
}

/** Returns whether any of the writes has entries in indexes with partitions of their own. */
export function haveEntries(writes: readonly TableWrite[]): boolean {
  return writes.some(({ apart }) => apart !== undefined);
}

/**
 * Writes the new entries of writes in indexes with partitions of their own, before their rows are sent. Returns the
 * writes whose entries could not be written, with the errors: their rows must not be sent.
 */
export async function entriesBefore<W extends TableWrite>(
  writes: readonly W[],
  options: OperationOptions,
): Promise<ReadonlyMap<W, unknown>> {
  const failed = new Map<W, unknown>();
  await mapConcurrently(apartOf(writes), CONCURRENCY, async ({ item, apart }) => {
    try {
      await apart.before(options);
    } catch (error) {
      failed.set(item, error);
    }
  });
  return failed;
}

/** Settings of {@link entriesAfter}. */
export interface EntriesAfter {
  readonly options?: OperationOptions | undefined;
  /** The error because of which the writes were not carried out. */
  readonly cause?: unknown;
  /** Called with the superfluous entries that may not have been deleted. */
  readonly onStale?: ((entries: readonly StaleEntry[]) => void) | undefined;
}

/** Deletes the entries that the outcome of the writes has made superfluous. It never throws. */
export async function entriesAfter(
  writes: readonly TableWrite[],
  outcome: WriteOutcome,
  { options = {}, cause, onStale }: EntriesAfter,
): Promise<void> {
  await mapConcurrently(apartOf(writes), CONCURRENCY, async ({ apart }) => {
    const stale = await apart.after(outcome, options, cause);
    if (stale.length > 0) onStale?.(stale);
  });
}

/** Returns the outcome of a write that failed with an error. */
export function outcomeOfError(error: unknown): WriteOutcome {
  // An error that does not come from the library does not show whether the row was written.
  return EntitableError.is(error) && !EntitableError.is(error, 'store.outcome-unknown') ? 'not-written' : 'unknown';
}

/**
 * Returns the first write whose row may no longer be sent, because the time for which its unique values are reserved
 * for it is over; `undefined` if there is none.
 */
export function lateWrite<W extends TableWrite>(writes: readonly W[]): W | undefined {
  return writes.find(({ apart }) => apart !== undefined && apart.timeLeft <= 0);
}

/**
 * Returns the milliseconds for which the rows of all the writes may still be sent; `undefined` if there is no limit.
 */
export function timeFor(writes: readonly TableWrite[]): number | undefined {
  const left = Math.min(...writes.map(({ apart }) => apart?.timeLeft ?? Infinity));
  return left === Infinity ? undefined : left;
}

/** Returns options with a time limit of `within` milliseconds at most. */
export function limitedTo(options: OperationOptions, within: number | undefined): OperationOptions {
  return within === undefined ? options : { ...options, timeout: Math.min(options.timeout ?? Infinity, within) };
}

/** Creates the error for a row that was not sent, because the values that it reserved may no longer be its own. */
export function tooLate(table: string): EntitableError {
  return new EntitableError(
    'store.timeout',
    'The row was not sent, because its unique values were reserved too long ago (see `grace` of the index). Nothing of it was written. Write it again.',
    { table },
  );
}
