import type { EntitableError } from '../errors/entitable-error.js';
import type { RowPlace } from './merge-rows.js';
import type { Filter } from '../filter/filter.js';
import type { ConditionOf, OperandOf, OperatorOf } from '../filter/property-refs.js';
import type { EntitableTypeError, DataKey, DataName, PatchOf, Projection } from '../metadata/key-types.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { QueryPlan } from './explain.js';

/** A query as a service would be sent it. */
export interface CompiledQuery {
  /** The table's name in the store. */
  readonly table: string;
  /** The text of `$filter`, the partition and the range of row keys included; `''` when every row of the table passes. */
  readonly filter: string;
  /** Stored names; absent: all. */
  readonly select?: readonly string[];
  /** Results at most; absent: all. */
  readonly take?: number;
  /** Rows of one request. */
  readonly pageSize: number;
}

/** Results that arrived together. */
export interface Page<out R> {
  /** The results; may be none, with others to follow. */
  readonly items: readonly R[];
  /** What `page({ continuation })` of the same query goes on from: opaque, URL-safe. Absent at the end, and where results are sorted here. */
  readonly continuation?: string;
}

/**
 * How a read treats an entity that a unit of work has already. Its `timeout` is each page's; for `page`, `first`, `firstOrThrow`, `single`
 * and `exists` it is for all that they read.
 */
export interface ReadOptions extends OperationOptions {
  /** Inside a unit of work: reads the row anew, into the entity that is there, whose changes are lost. Elsewhere every read is new. */
  readonly refresh?: boolean | undefined;
}

/** How pages are given. */
export interface PagesOptions extends ReadOptions {
  /** A request may find nothing and yet not be the last: whether its empty page is given, or followed (the default). */
  readonly emptyPages?: 'follow' | 'give' | undefined;
}

/** Which page is asked for. */
export interface PageOptions extends PagesOptions {
  /** Where an earlier page of the same query said that the next begins; the first page without one. */
  readonly continuation?: string | undefined;
  /** Results of the page at most: 1 to the store's `limits.pageRows`. A page may have fewer, and still not be the last. */
  readonly pageSize?: number | undefined;
}

/** How `forEach` goes through results. `timeout` is each request's. */
export interface ForEachOptions extends ReadOptions {
  /** Results that are handled at once; 1 by default, in their order. No more are read than are being handled, but for a page ahead. */
  readonly concurrency?: number | undefined;
}

/** What a handler of `forEach` is told besides the result. */
export interface HandlerContext {
  /** Is aborted when no more is wanted: another handler threw, or the signal of `forEach` was aborted. */
  readonly signal: AbortSignal;
}

/** Computes the patch of a row from what was read of it; `undefined` leaves the row as it is. */
export type PatchFunction<T, R> = (result: R) => PatchOf<T> | undefined | Promise<PatchOf<T> | undefined>;

/** What is wrong with a patch, or with a function that gives one. */
export type PatchMistake<T, R, C> = C extends (...args: never) => infer P
  ? Misnamed<T, NonNullable<Awaited<P>>, PatchFunction<T, R>>
  : Misnamed<T, C, Mistyped<T, C>>;

type Misnamed<T, P, Else> = [P] extends [object]
  ? [Exclude<keyof P, keyof PatchOf<T>>] extends [never]
    ? Else
    : EntitableTypeError<`a patch cannot name '${Exclude<keyof P, keyof PatchOf<T>> & string}': it is no stored property, or part of the key`>
  : EntitableTypeError<'a patch is an object of the properties that change'>;

/** The names of a patch whose values are not of the types of their properties. */
type Mistyped<T, P> = EntitableTypeError<`the value of '${{
  [K in keyof P & keyof PatchOf<T> & string]: P[K] extends PatchOf<T>[K] ? never : K;
}[keyof P & keyof PatchOf<T> & string]}' in the patch is not of the type of the property`>;

/** The names of the properties of `T` that results can be sorted by. */
export type SortableKey<T> = (T extends unknown ? { readonly of: SortableName<T, DataName<T>> & string } : never)['of'];

type SortableName<T, K extends keyof T> = K extends unknown
  ? [T[K]] extends [string | number | bigint | Date | null | undefined]
    ? K
    : never
  : never;

/**
 * Reads entities of `T` as `R`. Immutable: every method but the reading ones gives another query. Nothing is sent until it is
 * iterated or one of the reading methods is called; each of these sends it anew.
 *
 * @example
 * ```ts
 * for await (const order of orders.query({ customerId: 'c1' }).where((o) => o.total.gt(1000))) { … }
 * // PartitionKey eq 'c1' and total gt 1000.0
 * ```
 */
export interface Query<in out T extends object, out R = T> extends AsyncIterable<R> {
  /**
   * Leaves out what does not pass: by one comparison. Several calls of `where` are combined with `and`.
   *
   * @throws EntitableError `query.unknown-property`, `query.not-comparable`, `query.invalid-operand`, `query.invalid-filter`.
   */
  where<K extends DataKey<T>, O extends OperatorOf<T, K>, const A extends OperandOf<T, K, O, A>>(
    property: K,
    operator: O,
    value: A,
  ): Query<T, R>;
  /** The same, by whether a property has a value. */
  where(property: DataKey<T>, operator: 'isPresent' | 'isMissing'): Query<T, R>;
  /**
   * The same, by a callback that makes a filter of the properties, by a filter that was made before, or by an object of values that
   * properties equal, all of them. `undefined` in an object is refused, and so is an object without properties: what asks less than it
   * seems to finds, and deletes, more.
   *
   * @example
   * ```ts
   * query.where((o) => o.total.gt(1000).or(o.status.in(['open', 'shipped'])));
   * query.where({ status: 'open', total: 20 });
   * ```
   */
  where(condition: ConditionOf<T, Filter<T>>): Query<T, R>;

  /**
   * Leaves out what a function of yours does not let pass, for what no filter says. It is asked here, of every row that `where` lets
   * through, which is read whole: bound what is read by keys and filters first. `take`, `page`, `count`, `exists`, `delete` and `merge`
   * go by it; a page may have few results, or none. `explain()` shows it. It sees the whole entity, also where `select` gives less, and
   * answers at once. What it throws ends the reading, and is thrown as it is.
   */
  filterOnClient(predicate: (entity: T) => boolean): Query<T, R>;

  /** Reads only some properties: the results are plain data, not entities, and cannot be saved. */
  select<const K extends DataKey<T>>(...properties: readonly [K, ...K[]]): Query<T, Projection<T, K>>;

  /** Stops after so many results. */
  take(count: number): Query<T, R>;

  /**
   * Allows so many requests to be planned, instead of `maxQueryRequests` of the data source: more are refused with
   * `query.too-many-requests` before any is sent. Several `in`, on both keys above all, multiply them. Pages do not count.
   */
  maxRequests(count: number): Query<T, R>;

  /** Asks for so many rows a request: 1 to the store's `limits.pageRows`, which is the default. */
  pageSize(rows: number): Query<T, R>;

  /**
   * Sorts the results; a further call sorts what is equal by the one before. Absent values come last, ties in key order.
   *
   * The service does not sort: unless it is the order of the keys, every match is read and sorted here. With `take(n)` about twice
   * as many are held, without it all of them, up to 100,000 (`query.too-many-to-sort`). `explain()` tells.
   */
  orderBy(property: SortableKey<T>, direction?: 'asc' | 'desc'): Query<T, R>;

  /**
   * Adds the text of a `$filter` as it is, unchecked: for what this package does not say. Azure only: other stores refuse it with
   * `query.raw-filter`. Never put into it what a user typed.
   */
  rawFilter(filter: string): Query<T, R>;

  /** Gives the results page by page, as they arrive; the next page is requested while one is used. */
  pages(options?: PagesOptions): AsyncIterable<Page<R>>;

  /**
   * Reads one page, and tells where the next begins: to page through results from request to request of a client.
   *
   * @throws EntitableError `query.invalid-continuation` for a continuation of another query, or one that was changed or cut;
   * `query.sorted-on-client` for a query with `orderBy`, unless it is the order of the keys.
   */
  page(options?: PageOptions): Promise<Page<R>>;

  /** Reads all results into memory. */
  toArray(options?: ReadOptions): Promise<R[]>;

  /** The first result in key order; asks the store for one row. */
  first(options?: ReadOptions): Promise<R | undefined>;

  /** The first result in key order, or `query.no-result`. */
  firstOrThrow(options?: ReadOptions): Promise<R>;

  /** The only result: `query.no-result` where there is none, `query.several-results` where there are more. Asks for two rows. */
  single(options?: ReadOptions): Promise<R>;

  /**
   * Gives each result to a function, and waits for what it gives: so many at once, one by default, then in their order. The next page is
   * read while a page is handled, and no more. Gives the number of results.
   *
   * A handler that throws stops it: those that are under way are waited for, then `query.handler-failed` is thrown, with what was thrown
   * as its cause. `signal` stops it in the same way (`store.aborted`).
   *
   * @example
   * ```ts
   * await orders.query({ customerId }).forEach((order) => send(order), { concurrency: 8 });
   * ```
   */
  forEach(handler: (result: R, context: HandlerContext) => unknown, options?: ForEachOptions): Promise<number>;

  /** How many results there are. The service cannot count: the keys of every match are read. */
  count(options?: OperationOptions): Promise<number>;

  /** Whether there is a result; asks the store for one key. */
  exists(options?: OperationOptions): Promise<boolean>;

  /**
   * Deletes what matches, in transactions of one partition, each row on condition that it is as it was read. A row that was changed
   * meanwhile is read and tested again. Not all or nothing: what was deleted before an error stays deleted.
   */
  delete(options?: WriteByFilterOptions): Promise<WriteReport>;

  /**
   * Changes some properties of what matches, as `delete()` does, by a patch of each row's own, computed from what was read of it and
   * written under its ETag; when the row was changed meanwhile, and still matches, it is computed anew. Where the function gives
   * `undefined`, or changes nothing, the row is left as it is and counted as skipped. It may be asynchronous; what it throws ends the
   * write, and is thrown as it is. One that changes the row itself and gives no patch is refused with `validation.invalid-option`: only
   * the patch is written.
   *
   * @example
   * ```ts
   * await orders.query({ customerId }).merge(({ total }) => ({ total: total * 1.19 }));
   * ```
   */
  merge(patchOf: PatchFunction<T, R>, options?: WriteByFilterOptions): Promise<WriteReport>;
  /** The same with one patch for all that matches; in the patch `undefined` leaves a property alone, `null` removes it. */
  merge(patch: PatchOf<T>, options?: WriteByFilterOptions): Promise<WriteReport>;
  /** Takes nothing: compilers tell of the last of several signatures, and this one says in words what is wrong with a patch. */
  merge<C extends object>(change: C & PatchMistake<T, R, C>, options?: WriteByFilterOptions): Promise<WriteReport>;

  /** What the query costs. Nothing is sent. */
  explain(): QueryPlan;

  /**
   * What a service would be sent; where that is several requests, the filters of all, joined by `or`. Nothing is sent.
   *
   * @throws EntitableError `query.not-expressible`, `query.too-many-comparisons`.
   */
  compile(): CompiledQuery;
}

/** How far a write by filter has come. */
export interface WriteProgress {
  /** Rows that were deleted or merged into. */
  readonly changed: number;
  /** Rows that matched when they were read, and were deleted or changed so that they match no longer before they could be written; or that a patch function left as they are. */
  readonly skipped: number;
  /** Rows that the store refused to change. */
  readonly failed: number;
}

/** A row that could not be changed. */
export interface FailedRow extends RowPlace {
  /** The store's refusal. */
  readonly error: EntitableError;
}

/** What a write by filter did. */
export interface WriteReport {
  /** Rows that were deleted or merged into. */
  readonly changed: number;
  /** Rows that others deleted, or changed so that they match no longer, before they could be written; or that a patch function left as they are. */
  readonly skipped: number;
  /** Rows that the store refused to change. */
  readonly failed: readonly FailedRow[];
}

/** Options of a write by filter. */
export interface WriteByFilterOptions extends OperationOptions {
  /** Is told after every transaction, and not waited for. What it throws, or rejects with, is ignored; `signal` stops the write. */
  readonly onProgress?: ((progress: WriteProgress) => unknown) | undefined;
}
