import type { BulkFailure } from '../errors/error-details.js';
import type { Filter } from '../filter/filter.js';
import type { ConditionOf, StoredRefs } from '../filter/property-refs.js';
import { checkTimeout, type OperationOptions } from '../options/operation-options.js';
import type { StoredRow } from './stored-row.js';
import type { BulkOptions } from '../writing/bulk-options.js';
import { checkChoice } from '../options/check-option.js';
import { concurrencyOf } from '../writing/concurrency.js';

/** How far a copy is. */
export interface CopyProgress {
  /** Rows that were read: those that pass the filter. */
  readonly read: number;
  /** Rows that were written. */
  readonly copied: number;
  /** Rows that `transform` left out, or that stood already and were kept. */
  readonly skipped: number;
  /** Rows that could not be written. */
  readonly failed: number;
  /** Rows copied a second, since the beginning. */
  readonly ratePerSecond: number;
}

/** What a copy did: every row that was read was copied, skipped, or failed. */
export interface CopyReport {
  /** Rows that were read: those that pass the filter. */
  readonly read: number;
  /** Rows that were written. */
  readonly copied: number;
  /** Rows that `transform` left out, or that stood already and were kept. */
  readonly skipped: number;
  /** Rows that were not written, and why; only with `onError: 'collect'`. */
  readonly failed: readonly BulkFailure<StoredRow>[];
}

/** Changes a row on its way: the row to write, or `undefined` to leave it out. A new key moves it. */
export type RowTransform = (row: StoredRow) => StoredRow | undefined | Promise<StoredRow | undefined>;

/** How a table is copied. `signal` stops it cleanly; `timeout` is each request's. */
export interface CopySettings extends OperationOptions {
  /** Changes rows on their way, or leaves some out. What it throws stops the copy. */
  readonly transform?: RowTransform | undefined;
  /**
   * What becomes of a row that stands under the same key: `replace`, the default, and `merge` write over it, `keep` leaves it and counts
   * the row as skipped, `refuse` fails with `store.already-exists`. With the last two, a transaction that meets such a row is sent again
   * without it: they are for tables that are mostly empty.
   */
  readonly existing?: 'replace' | 'merge' | 'keep' | 'refuse' | undefined;
  /** Transactions under way at once, each of another partition; 16 by default. `adaptive` finds out what the store answers well. */
  readonly concurrency?: number | 'adaptive' | undefined;
  /** What a row that cannot be written does: `throw`, the default, stops with `commit.bulk-stopped`; `collect` reports it and goes on. */
  readonly onError?: 'throw' | 'collect' | undefined;
  /** Is told after every transaction, and not waited for. What it throws, or rejects with, is ignored; `signal` stops the copy. */
  readonly onProgress?: ((progress: CopyProgress) => unknown) | undefined;
}

/** How a table is copied that is given by its name. */
export interface CopyOptions extends CopySettings {
  /**
   * Which rows are read, by their stored names; the store tests it, and bounds on the keys are ranges.
   *
   * @example
   * ```ts
   * { filter: (property) => property('status').eq('open').and(property('total').gt({ type: 'Double', value: 1000 })) }
   * ```
   */
  readonly filter?: Filter<StoredRow> | ((property: StoredRefs<StoredRow>) => Filter<StoredRow>) | undefined;
}

/** How the rows of a class are copied. */
export interface ClassCopyOptions<T extends object> extends CopySettings {
  /** Which rows are read, by the properties of the class, as `where` says it; the store tests it, and bounds on the keys are ranges. */
  readonly filter?: ConditionOf<T, Filter<T>> | undefined;
}

/** Refuses options of a bulk write before anything is read. Throws `validation.invalid-option`. */
export function checkWriting({ concurrency, onError, timeout }: BulkOptions): void {
  checkTimeout({ timeout });
  if (concurrency !== undefined) concurrencyOf(concurrency);
  if (onError !== undefined) checkChoice('onError', onError, ['throw', 'collect']);
}
