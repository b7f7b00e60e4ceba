import type { Filter } from '../filter/filter.js';
import type { OperandOf, OperatorOf, PropertyRefs } from '../filter/property-refs.js';
import type { DataKey, Projection } from '../metadata/entity-types.js';
import type { OperationOptions } from '../store/table-store.js';

/** A query as a service would be sent it. */
export interface CompiledQuery {
  /** The table's name in the store. */
  readonly table: string;
  /** The text of `$filter`, the partition and the range of row keys included; `''` when every row of the table passes. */
  readonly filter: string;
  /** Stored names; absent: all. */
  readonly select?: readonly string[];
  readonly take?: number;
  /** Rows of one request. */
  readonly pageSize: number;
}

/** Results that arrived together. */
export interface Page<out R> {
  readonly items: readonly R[];
}

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
   * Leaves out what does not pass; several calls are combined with `and`.
   *
   * @throws EntitableError `query.unknown-property`, `query.not-comparable`, `query.invalid-operand`, `query.invalid-filter`.
   */
  where(condition: (property: PropertyRefs<T>) => Filter<T>): Query<T, R>;
  where(condition: Filter<T>): Query<T, R>;
  where(property: DataKey<T>, operator: 'isPresent' | 'isMissing'): Query<T, R>;
  where<K extends DataKey<T>, O extends OperatorOf<T[K]>>(
    property: K,
    operator: O,
    value: OperandOf<NonNullable<T[K]>, O>,
  ): Query<T, R>;

  /** Reads only some properties: the results are plain data, not entities, and cannot be saved. */
  select<const K extends DataKey<T>>(...properties: readonly [K, ...K[]]): Query<T, Projection<T, K>>;

  /** Stops after so many results. */
  take(count: number): Query<T, R>;

  /** Asks for so many rows a request: 1 to the store's `limits.pageRows`, which is the default. */
  pageSize(rows: number): Query<T, R>;

  /** Gives the results page by page, as they arrive. */
  pages(options?: OperationOptions): AsyncIterable<Page<R>>;

  /** Reads all results into memory. */
  toArray(options?: OperationOptions): Promise<R[]>;

  /** The first result in key order; asks the store for one row. */
  first(options?: OperationOptions): Promise<R | undefined>;

  /** The first result in key order, or `query.no-result`. */
  firstOrThrow(options?: OperationOptions): Promise<R>;

  /** How many results there are. The service cannot count: the keys of every match are read. */
  count(options?: OperationOptions): Promise<number>;

  /** Whether there is a result; asks the store for one key. */
  exists(options?: OperationOptions): Promise<boolean>;

  /**
   * What a service would be sent. Nothing is sent.
   *
   * @throws EntitableError `query.not-expressible`, `query.too-many-comparisons`.
   */
  compile(): CompiledQuery;
}
