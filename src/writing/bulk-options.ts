import type { BulkFailure } from '../errors/write-reports.js';
import type { KeyOf, PatchOf } from '../metadata/key-types.js';
import type { OperationOptions } from '../options/operation-options.js';
import { typeName } from '../errors/type-name.js';
import { invalidOption, readOption } from '../options/check-option.js';

/** Progress of a bulk write, which is passed to `onProgress` after each transaction. */
export interface BulkProgress {
  /** Number of items written. */
  readonly done: number;
  /** Number of items that could not be written. */
  readonly failed: number;
  /** Number of items in the input, if it is known: for arrays, sets and maps. */
  readonly total?: number;
  /** Average number of items written per second since the bulk write began. */
  readonly ratePerSecond: number;
}

/** Options of a bulk write. `signal` stops it cleanly; `timeout` applies to each request. */
export interface BulkOptions extends OperationOptions {
  /**
   * Number of concurrent transactions, each of another partition; 16 by default. `adaptive` starts with few and
   * increases the number as long as the store answers quickly; if the store is busy, it waits, reduces the number and
   * sends the transaction again.
   */
  readonly concurrency?: number | 'adaptive' | undefined;
  /** Called after every transaction, and not awaited. Its errors are ignored; use `signal` to stop the write. */
  readonly onProgress?: ((progress: BulkProgress) => unknown) | undefined;
  /**
   * Reaction to an item that cannot be written. `throw`, the default, stops with `commit.bulk-stopped`; `collect`
   * leaves the item out, writes the others of its transaction, and reports it. If the store cannot be reached, the
   * write stops in either case.
   */
  readonly onError?: 'throw' | 'collect' | undefined;
}

/** Options of a bulk upsert. */
export interface BulkUpsertOptions extends BulkOptions {
  /**
   * Determines what happens to properties of a stored row that the entity does not have: `merge`, the default, keeps
   * them; `replace` removes them.
   */
  readonly mode?: 'merge' | 'replace' | undefined;
}

/** Options of a bulk delete. */
export interface BulkDeleteOptions extends BulkOptions {
  /** Reaction to a missing row: `throw`, the default, reports an error; `ignore` counts it as deleted. */
  readonly missing?: 'throw' | 'ignore' | undefined;
}

/** One change of `mergeMany`: the key of a row, and what to set and remove. Unconditional unless it has an `etag`. */
export interface MergeItem<T extends object> {
  /** Key of the entity. */
  readonly key: KeyOf<T>;
  /** Changed properties: `undefined` leaves a property unchanged, `null` removes it. */
  readonly patch: PatchOf<T>;
  /** ETag that the row must still have; by default, the row may have any. */
  readonly etag?: string | undefined;
}

/** Result of a bulk write. */
export interface BulkResult<I> {
  /** Number of items written. */
  readonly written: number;
  /** Items that were not written, with their errors, in the order of the input; only with `onError: 'collect'`. */
  readonly failed: readonly BulkFailure<I>[];
}

/**
 * Checks that an input yields items one by one; a string is refused, since it would yield its characters. `verb` begins
 * the message. Throws `validation.invalid-option`.
 */
export function checkItems(verb: string, items: unknown): void {
  if (typeof items === 'object' && items !== null) {
    const given = items as Partial<Iterable<unknown> & AsyncIterable<unknown>>;
    const iterators = readOption(verb, () => [given[Symbol.iterator], given[Symbol.asyncIterator]]);
    if (iterators.some((iterate) => typeof iterate === 'function')) return;
  }
  throw invalidOption(verb, 'an iterable or async iterable of items', typeName(items));
}
