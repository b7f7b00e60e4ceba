import type { BulkFailure } from '../errors/error-details.js';
import type { KeyOf, PatchOf } from '../metadata/key-types.js';
import type { OperationOptions } from '../options/operation-options.js';
import { typeName } from '../errors/type-name.js';
import { invalidOption, readOption } from '../options/check-option.js';

/** How far a bulk write is. */
export interface BulkProgress {
  /** Items written. */
  readonly done: number;
  /** Items that could not be written. */
  readonly failed: number;
  /** Items in all, where the input tells: arrays, sets and maps do. */
  readonly total?: number;
  /** Items written a second, since the beginning. */
  readonly ratePerSecond: number;
}

/** How a bulk write goes about it. `signal` stops it cleanly; `timeout` is each request's. */
export interface BulkOptions extends OperationOptions {
  /**
   * Transactions under way at once, each of another partition; 16 by default. `adaptive` begins with few and goes on to as many as the
   * store answers well, and when it says that it is busy waits and sends again with fewer.
   */
  readonly concurrency?: number | 'adaptive' | undefined;
  /** Is told after every transaction, and not waited for. What it throws, or rejects with, is ignored; `signal` stops the write. */
  readonly onProgress?: ((progress: BulkProgress) => unknown) | undefined;
  /**
   * What an item that cannot be written does: `throw`, the default, stops with `commit.bulk-stopped`; `collect` leaves it out, writes the
   * others of its transaction, and reports it. A store that cannot be reached stops both.
   */
  readonly onError?: 'throw' | 'collect' | undefined;
}

/** A bulk upsert's way with the rows it finds. */
export interface BulkUpsertOptions extends BulkOptions {
  /** Whether a stored row keeps the properties that the entity does not have: `merge`, the default, or `replace`. */
  readonly mode?: 'merge' | 'replace' | undefined;
}

/** What missing rows are to a bulk delete. */
export interface BulkDeleteOptions extends BulkOptions {
  /** What a missing row is: an error, the default, or as good as deleted. */
  readonly missing?: 'throw' | 'ignore' | undefined;
}

/** One change of `mergeMany`: which row, and what to set and remove; unconditional unless an `etag` is given. */
export interface MergeItem<T extends object> {
  /** Which entity. */
  readonly key: KeyOf<T>;
  /** What changes: `undefined` leaves a property alone, `null` removes it. */
  readonly patch: PatchOf<T>;
  /** What the row must still have; by default whatever it has. */
  readonly etag?: string | undefined;
}

/** What a bulk write did. */
export interface BulkResult<I> {
  /** Items written. */
  readonly written: number;
  /** What was not written, and why, in the order of the input; only with `onError: 'collect'`. */
  readonly failed: readonly BulkFailure<I>[];
}

/** Refuses what gives no items one by one; a text would give its characters. `verb` begins the message. */
export function checkItems(verb: string, items: unknown): void {
  if (typeof items === 'object' && items !== null) {
    const given = items as Partial<Iterable<unknown> & AsyncIterable<unknown>>;
    const iterators = readOption(verb, () => [given[Symbol.iterator], given[Symbol.asyncIterator]]);
    if (iterators.some((iterate) => typeof iterate === 'function')) return;
  }
  throw invalidOption(verb, 'an iterable or async iterable of items', typeName(items));
}
