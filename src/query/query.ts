import type { Filter } from '../filter/filter.js';
import type { ConditionOf, OperandOf, OperatorOf } from '../filter/property-refs.js';
import type { DataKey, DataName, PatchOf, Projection } from '../metadata/key-types.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { QueryPlan } from './explain.js';
import type { PatchFunction, PatchMistake, WriteByFilterOptions, WriteReport } from './write-options.js';

/** A query in the form in which a service would receive it. */
export interface CompiledQuery {
  /** The name of the table in the store. */
  readonly table: string;
  /** The text of `$filter`, including the bounds on the keys; `''` if every row of the table matches. */
  readonly filter: string;
  /** The stored names of the selected properties; missing if all are read. */
  readonly select?: readonly string[];
  /** The maximum number of results; missing if all are read. */
  readonly take?: number;
  /** The number of rows per request. */
  readonly pageSize: number;
}

/** One page of results. */
export interface Page<out R> {
  /** The results of the page. It can be empty even if more pages follow. */
  readonly items: readonly R[];
  /**
   * An opaque, URL-safe text for `page({ continuation })` of the same query, which resumes after this page. Missing on
   * the last page, and if the results are sorted on the client.
   */
  readonly continuation?: string;
}

/**
 * Options of reading methods. `timeout` applies to each page; for `page`, `first`, `firstOrThrow`, `single` and
 * `exists` it applies to all pages that they read together. A query by an index has it once for a page of entries and
 * once for the entities of that page.
 */
export interface ReadOptions extends OperationOptions {
  /** Reloads entities that a unit of work has already loaded, and overwrites them, including their unsaved changes. */
  readonly refresh?: boolean | undefined;
}

/** Options of `pages`. */
export interface PagesOptions extends ReadOptions {
  /** Empty pages before the last one are skipped by default (`'follow'`), or yielded (`'give'`). */
  readonly emptyPages?: 'follow' | 'give' | undefined;
}

/** Options of `page`. */
export interface PageOptions extends PagesOptions {
  /** The continuation of an earlier page of the same query. Without one, the first page is read. */
  readonly continuation?: string | undefined;
  /** The maximum number of results: 1 to the store's `limits.pageRows`. Pages before the last may have fewer. */
  readonly pageSize?: number | undefined;
}

/** Options of `forEach`. `timeout` applies to each request. */
export interface ForEachOptions extends ReadOptions {
  /** The number of results handled at once; 1 by default, and then in order. At most one page is read ahead. */
  readonly concurrency?: number | undefined;
}

/** The second argument of a `forEach` handler. */
export interface HandlerContext {
  /**
   * A signal that is aborted when `forEach` stops, because another handler threw or the `signal` option was aborted.
   */
  readonly signal: AbortSignal;
}

/** The names of the properties of `T` that results can be sorted by. */
export type SortableKey<T> = (T extends unknown ? { readonly of: SortableName<T, DataName<T>> & string } : never)['of'];

type SortableName<T, K extends keyof T> = K extends unknown
  ? [T[K]] extends [string | number | bigint | Date | null | undefined]
    ? K
    : never
  : never;

/**
 * A query that reads entities of `T` and returns them as `R`. Queries are immutable: every refining method returns a
 * new query. Nothing is sent until you iterate or call a reading method; each read sends the query again.
 *
 * @example
 * ```ts
 * for await (const order of orders.query({ customerId: 'c1' }).where((o) => o.total.gt(1000))) { … }
 * // PartitionKey eq 'c1' and total gt 1000.0
 * ```
 */
export interface Query<in out T extends object, out R = T> extends AsyncIterable<R> {
  /**
   * Filters by comparing one property. Several calls of `where` are combined with `and`.
   *
   * @throws EntitableError `query.unknown-property`, `query.not-comparable`, `query.invalid-operand`,
   * `query.invalid-filter`.
   */
  where<K extends DataKey<T>, O extends OperatorOf<T, K>, const A extends OperandOf<T, K, O, A>>(
    property: K,
    operator: O,
    value: A,
  ): Query<T, R>;
  /** Filters by the presence or absence of a property. */
  where(property: DataKey<T>, operator: 'isPresent' | 'isMissing'): Query<T, R>;
  /**
   * Filters by a callback that builds a filter from the properties, by an existing filter, or by an object of values
   * that must all be equal. `undefined` values and empty objects are rejected, because a filter that is weaker than it
   * looks would find, and delete, more rows than intended.
   *
   * @example
   * ```ts
   * query.where((o) => o.total.gt(1000).or(o.status.in(['open', 'shipped'])));
   * query.where({ status: 'open', total: 20 });
   * ```
   */
  where(condition: ConditionOf<T, Filter<T>>): Query<T, R>;

  /**
   * Filters by your own function, for conditions that no filter can express. It runs on the client for every row that
   * `where` lets through, and these rows are read whole, so narrow the query by keys and filters first.
   *
   * `take`, `page`, `count`, `exists`, `delete` and `merge` apply it; a page may therefore have few results, or none.
   * `explain()` shows it. The function receives the whole entity, even with `select`, and must be synchronous. An error
   * it throws ends the read and is rethrown unchanged.
   */
  filterOnClient(predicate: (entity: T) => boolean): Query<T, R>;

  /** Reads only some properties. The results are plain data: they are not entities and cannot be saved. */
  select<const K extends DataKey<T>>(...properties: readonly [K, ...K[]]): Query<T, Projection<T, K>>;

  /** Stops after this many results. */
  take(count: number): Query<T, R>;

  /**
   * Sets the maximum number of requests that may be planned, instead of the data source's `maxQueryRequests`. A query
   * that needs more fails with `query.too-many-requests` before anything is sent. Several `in` conditions multiply the
   * number of requests, especially on both keys. Pages do not count.
   */
  maxRequests(count: number): Query<T, R>;

  /** Sets the number of rows per request: 1 to the store's `limits.pageRows`, which is the default. */
  pageSize(rows: number): Query<T, R>;

  /**
   * Sorts the results. Further calls sort the results that are equal by the previous ones. Absent values come last, and
   * ties are in key order.
   *
   * The service cannot sort. Unless you order by the key, every match is read and sorted on the client. With `take(n)`,
   * about twice as many results are held in memory; without it all of them, up to 100,000 (`query.too-many-to-sort`).
   * `explain()` shows whether a query sorts on the client.
   */
  orderBy(property: SortableKey<T>, direction?: 'asc' | 'desc'): Query<T, R>;

  /**
   * Adds the text of a `$filter` unchanged and unchecked, for conditions that this package cannot express. Azure only:
   * other stores, and queries by an index, reject it with `query.raw-filter`. Never build it from user input.
   */
  rawFilter(filter: string): Query<T, R>;

  /** Yields the results page by page as they arrive. The next page is requested while you process one. */
  pages(options?: PagesOptions): AsyncIterable<Page<R>>;

  /**
   * Reads one page and returns it with a continuation for the next, so that a client can page through results with one
   * request each.
   *
   * @throws EntitableError `query.invalid-continuation` for a continuation from another query, and for one that was
   * changed or truncated; `query.sorted-on-client` for a query with `orderBy`, unless it is the key order.
   */
  page(options?: PageOptions): Promise<Page<R>>;

  /** Reads all results into memory. */
  toArray(options?: ReadOptions): Promise<R[]>;

  /**
   * Returns the first result, by default in key order, or `undefined`. Normally requests only one row from the store.
   */
  first(options?: ReadOptions): Promise<R | undefined>;

  /** Does the same as `first`, but throws `query.no-result` if there is no result. */
  firstOrThrow(options?: ReadOptions): Promise<R>;

  /**
   * Returns the only result. Throws `query.no-result` if there is none, `query.several-results` if there are more.
   * Normally requests only two rows from the store.
   */
  single(options?: ReadOptions): Promise<R>;

  /**
   * Calls a function with each result and awaits what it returns. `concurrency` results are handled at once; with the
   * default of one they are handled in order. Only the next page is read ahead. Returns the number of results.
   *
   * If a handler throws, no more results are handled. `forEach` waits for those in progress, then throws
   * `query.handler-failed` with the handler's error as its cause. `signal` stops it in the same way (`store.aborted`).
   *
   * @example
   * ```ts
   * await orders.query({ customerId }).forEach((order) => send(order), { concurrency: 8 });
   * ```
   */
  forEach(handler: (result: R, context: HandlerContext) => unknown, options?: ForEachOptions): Promise<number>;

  /** Returns the number of results. The service cannot count, so the keys of every match are read. */
  count(options?: OperationOptions): Promise<number>;

  /** Returns whether there is a result. Normally requests the keys of only one row from the store. */
  exists(options?: OperationOptions): Promise<boolean>;

  /**
   * Deletes the matching rows in transactions of one partition each. Every row is deleted only if it is unchanged since
   * it was read; a row that has changed is read and tested again. Not all or nothing: rows deleted before an error stay
   * deleted.
   */
  delete(options?: WriteByFilterOptions): Promise<WriteReport>;

  /**
   * Merges a patch that you compute for each row into the matching rows, in transactions as `delete()` does. The patch
   * is computed from the query's result for the row and written under the row's ETag. If the row has changed and still
   * matches, the patch is computed again.
   *
   * If the function returns `undefined`, or a patch that changes nothing, the row is left unchanged and counted as
   * skipped. The function may be asynchronous; an error it throws ends the write and is rethrown unchanged. Only the
   * patch is written: a function that modifies the result and returns no patch is rejected with
   * `validation.invalid-option`.
   *
   * @example
   * ```ts
   * await orders.query({ customerId }).merge(({ total }) => ({ total: total * 1.19 }));
   * ```
   */
  merge(patchOf: PatchFunction<T, R>, options?: WriteByFilterOptions): Promise<WriteReport>;
  /** Merges one patch into all matching rows: `undefined` leaves a property unchanged, `null` removes it. */
  merge(patch: PatchOf<T>, options?: WriteByFilterOptions): Promise<WriteReport>;
  /** Accepts nothing, but describes an invalid patch: the compiler reports only the error of the last overload. */
  merge<C extends object>(change: C & PatchMistake<T, R, C>, options?: WriteByFilterOptions): Promise<WriteReport>;

  /** Returns the cost of the query. Nothing is sent. */
  explain(): QueryPlan;

  /**
   * Returns the query in the form in which a service would receive it. For several requests, their filters are joined
   * by `or`. Nothing is sent.
   *
   * @throws EntitableError `query.not-expressible`, `query.too-many-comparisons`.
   */
  compile(): CompiledQuery;
}
