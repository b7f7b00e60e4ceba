import type { EntitableError } from '../errors/entitable-error.js';
import type { EntitableTypeError, PatchOf } from '../metadata/key-types.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { RowPlace } from './merge-rows.js';

/** Computes the patch of a row from its result in the query. `undefined` leaves the row unchanged. */
export type PatchFunction<T, R> = (result: R) => PatchOf<T> | undefined | Promise<PatchOf<T> | undefined>;

/** The compile error for an invalid patch, or for a function that returns one. */
export type PatchMistake<T, R, C> = C extends (...args: never) => infer P
  ? Misnamed<T, NonNullable<Awaited<P>>, PatchFunction<T, R>>
  : Misnamed<T, C, Mistyped<T, C>>;

type Misnamed<T, P, Else> = [P] extends [object]
  ? [Exclude<keyof P, keyof PatchOf<T>>] extends [never]
    ? Else
    : EntitableTypeError<`a patch cannot name '${Exclude<keyof P, keyof PatchOf<T>> & string}': it is no stored property, or part of the key`>
  : EntitableTypeError<'a patch is an object of the properties that change'>;

/** The compile error for properties of a patch with values of the wrong type. */
type Mistyped<T, P> = EntitableTypeError<`the value of '${{
  [K in keyof P & keyof PatchOf<T> & string]: P[K] extends PatchOf<T>[K] ? never : K;
}[keyof P & keyof PatchOf<T> & string]}' in the patch is not of the type of the property`>;

/** The progress of a write by filter, passed to `onProgress` after each transaction. */
export interface WriteProgress {
  /** The number of rows that were deleted or merged into. */
  readonly changed: number;
  /**
   * The number of matching rows that were not written: others deleted them, or changed them so that they no longer
   * match, or a patch function left them unchanged.
   */
  readonly skipped: number;
  /** The number of rows that the store refused to change. */
  readonly failed: number;
}

/** A row that could not be changed. */
export interface FailedRow extends RowPlace {
  /** The store's error. */
  readonly error: EntitableError;
}

/** The result of a write by filter. */
export interface WriteReport {
  /** The number of rows that were deleted or merged into. */
  readonly changed: number;
  /** The number of matching rows that were not written; see {@link WriteProgress.skipped}. */
  readonly skipped: number;
  /** The rows that the store refused to change. */
  readonly failed: readonly FailedRow[];
}

/** Options of a write by filter. */
export interface WriteByFilterOptions extends OperationOptions {
  /** Called after every transaction, not awaited; errors it throws are ignored. Use `signal` to stop the write. */
  readonly onProgress?: ((progress: WriteProgress) => unknown) | undefined;
}
