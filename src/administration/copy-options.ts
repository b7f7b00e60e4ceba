import type { BulkFailure } from '../errors/write-reports.js';
import type { Filter } from '../filter/filter.js';
import type { ConditionOf, StoredRefs } from '../filter/property-refs.js';
import { checkTimeout, type OperationOptions } from '../options/operation-options.js';
import type { StoredRow } from './stored-row.js';
import type { BulkOptions } from '../writing/bulk-options.js';
import { checkChoice } from '../options/check-option.js';
import { concurrencyOf } from '../writing/concurrency.js';

/** Progress of a copy, passed to `onProgress` after each transaction. */
export interface CopyProgress {
  /** Number of rows read so far; only rows that match the filter count. */
  readonly read: number;
  /** Number of rows written so far. */
  readonly copied: number;
  /** Number of rows that `transform` left out, or that already existed and were kept. */
  readonly skipped: number;
  /** Number of rows that could not be written. */
  readonly failed: number;
  /** Average number of rows copied per second since the copy began. */
  readonly ratePerSecond: number;
}

/** The result of a copy. Every row that was read was copied or skipped, or it failed. */
export interface CopyReport {
  /** Number of rows that were read; only rows that match the filter count. */
  readonly read: number;
  /** Number of rows that were written. */
  readonly copied: number;
  /**
   * Number of rows that `transform` left out, that already existed and were kept, or that are entries of the target's
   * indexes, which are made anew.
   */
  readonly skipped: number;
  /** Rows that were not written, with the error of each; only with `onError: 'collect'`. */
  readonly failed: readonly BulkFailure<StoredRow>[];
}

/**
 * Transforms a row during a copy. Return the row to write, or `undefined` to leave it out. If the key differs, the row
 * is written under the new key.
 */
export type RowTransform = (row: StoredRow) => StoredRow | undefined | Promise<StoredRow | undefined>;

/**
 * Options of a copy. `signal` stops the copy: with `store.aborted` during the first request, later with
 * `commit.bulk-stopped`, which reports the progress. `timeout` applies to each request.
 */
export interface CopySettings extends OperationOptions {
  /** Changes rows or leaves them out. An error that it throws stops the copy. */
  readonly transform?: RowTransform | undefined;
  /**
   * Decides about a row whose key already exists in the target table: `replace` (default) and `merge` overwrite it,
   * `keep` leaves it and counts the row as skipped, `refuse` fails with `store.already-exists`. With `keep` and
   * `refuse`, a transaction with such a row is sent again without it, so use them if few keys exist in the target.
   */
  readonly existing?: 'replace' | 'merge' | 'keep' | 'refuse' | undefined;
  /**
   * Maximum number of transactions in flight, each for a different partition; 16 by default. `adaptive` adjusts it to
   * the store's response times.
   */
  readonly concurrency?: number | 'adaptive' | undefined;
  /**
   * Decides about a row that cannot be written: `throw` (default) stops the copy with `commit.bulk-stopped`; `collect`
   * reports it and continues.
   */
  readonly onError?: 'throw' | 'collect' | undefined;
  /**
   * Called after every transaction, without being awaited. If it throws or its promise is rejected, the error is
   * ignored; use `signal` to stop the copy.
   */
  readonly onProgress?: ((progress: CopyProgress) => unknown) | undefined;
}

/** Options for copying a table that is given by name. */
export interface CopyOptions extends CopySettings {
  /**
   * Selects the rows to read, by the stored names of their properties. The store evaluates the filter; bounds on the
   * keys become key ranges.
   *
   * @example
   * ```ts
   * { filter: (property) => property('status').eq('open').and(property('total').gt({ type: 'Double', value: 1000 })) }
   * ```
   */
  readonly filter?: Filter<StoredRow> | ((property: StoredRefs<StoredRow>) => Filter<StoredRow>) | undefined;
}

/** Options for copying the rows of an entity class. */
export interface ClassCopyOptions<T extends object> extends CopySettings {
  /**
   * Selects the rows to read, by the properties of the class, as `where` does. The store evaluates the filter; bounds
   * on the keys become key ranges.
   */
  readonly filter?: ConditionOf<T, Filter<T>> | undefined;
}

/** Rejects invalid options of a bulk write before anything is read. Throws `validation.invalid-option`. */
export function checkWriting({ concurrency, onError, timeout }: BulkOptions): void {
  checkTimeout({ timeout });
  if (concurrency !== undefined) concurrencyOf(concurrency);
  if (onError !== undefined) checkChoice('onError', onError, ['throw', 'collect']);
}
