import type { FilterNode } from './filter-node.js';
import type { ServiceLimits } from './limits.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { ServiceAdministration } from './service-administration.js';
import type { RetainedRow, RowReader, RowShape, RowWriter, Slot } from './row.js';

/**
 * The effect of a write. `insert` needs the row to be missing. `merge`, `replace` and `delete` need it to exist with an
 * ETag that matches `ifMatch`. The two upserts accept either. A merge leaves the properties that it does not name
 * unchanged; a replace removes them.
 */
export type WriteMode = 'insert' | 'merge' | 'replace' | 'upsert-merge' | 'upsert-replace' | 'delete';

/** A write as the library passes it to a store, before the store encodes it. */
export interface WriteOperation {
  /** The effect of the write on an existing or a missing row. */
  readonly mode: WriteMode;
  /** The partition key, as stored. */
  readonly partitionKey: string;
  /** The row key, as stored. */
  readonly rowKey: string;
  /**
   * The ETag that the row must have, or `'*'` for any. Required for merge, replace and delete; must be absent in all
   * other modes.
   */
  readonly ifMatch?: string;
  /**
   * The stored names of properties to remove; only for a merge. A store that cannot do this in one write (see {@link
   * StoreTraits.removes}) reads the row and replaces it, on condition that its ETag matches. The replacement keeps all
   * other properties of the row, including those that the class does not declare.
   */
  readonly remove?: readonly string[];
  /**
   * Passes the properties to the store's writer. The function must be pure, because a store may call it again. Absent
   * for a delete.
   */
  readonly write?: (writer: RowWriter) => void;
}

/** A write in the store's own form, encoded once by `Rows.prepare` and sent by `TableStore.submit`. */
export interface PreparedWrite {
  /** The effect of the write on an existing or a missing row. */
  readonly mode: WriteMode;
  /** The partition key, as stored. */
  readonly partitionKey: string;
  /** The row key, as stored. */
  readonly rowKey: string;
  /**
   * True if the response to the write was lost and the row, when it was read back, had the written values. Another
   * writer may have changed other properties of it since.
   */
  readonly isReadBack?: boolean | undefined;
  /** The number of bytes that the write adds to the body of an entity group transaction. */
  readonly bytes: number;
  /**
   * The size in bytes of the entity that the write carries, by the service's formula (`keyedSize`, `propertySize`); 0
   * for a delete.
   */
  readonly entityBytes: number;
}

/** The result of one write that a store has carried out. */
export interface WriteReceipt {
  /** The new ETag of the row; absent after a delete. */
  readonly etag?: string;
}

/** One end of a range of keys. */
export interface Bound {
  /** The first or last key of the range. */
  readonly value: string;
  /** True if that key itself belongs to the range. */
  readonly inclusive: boolean;
}

/** A range of keys in the order in which the service sorts them. A range is unbounded at an end that is left out. */
export interface KeyRange {
  /** The lower end. */
  readonly from?: Bound;
  /** The upper end. */
  readonly to?: Bound;
}

/** Returns whether a key lies within a range. */
export function isWithin(key: string, { from, to }: KeyRange): boolean {
  return (
    (from === undefined || key > from.value || (from.inclusive && key === from.value)) &&
    (to === undefined || key < to.value || (to.inclusive && key === to.value))
  );
}

/** The parts of a row that a read needs, so that a store need not fetch or decode the others. */
export interface ReadRequest {
  /** The slots that the decoder reads: all of them by default, only the keys for `[]`. The keys can always be read. */
  readonly select?: readonly Slot[];
  /** True if the decoder reads `etag`. The default is true without `select`, false with it. */
  readonly etag?: boolean;
  /** True if the decoder reads `undeclared()`. */
  readonly undeclared?: boolean;
}

/** The rows that a scan reads, and how it reads them. */
export interface ScanRequest extends ReadRequest {
  /** A single partition, or a range of partitions; all of them by default. */
  readonly partitionKey?: string | KeyRange;
  /** The range of row keys to read in each partition; all of them by default. */
  readonly rowKey?: KeyRange;
  /**
   * A further condition, for what the key ranges cannot express. Ranges and filter together have at most
   * `limits.comparisons` comparisons.
   */
  readonly filter?: FilterNode;
  /**
   * An OData filter as text, which the store combines with the other conditions by `and`, without checking it. Only for
   * stores whose `traits.rawFilters` is true.
   */
  readonly rawFilter?: string;
  /** The maximum number of rows in one page: 1 to `limits.pageRows`, which is the default. */
  readonly pageSize?: number;
  /** The continuation of an earlier page, at which this scan begins. */
  readonly continuation?: string;
  /**
   * The number of pages to request ahead of the consumer. By default it is 0: a page is requested when the consumer
   * asks for it.
   */
  readonly ahead?: number;
}

/** The rows that arrived in one response. */
export interface RowPage<R> {
  /** The results of `decode`, one for each row. */
  readonly rows: readonly R[];
  /**
   * The position at which the next page begins; absent on the last page. A page may be short, or even empty, and still
   * have one.
   */
  readonly continuation?: string;
  /** Set on the first page of a scan if the table does not exist and a missing table counts as empty. */
  readonly tableMissing?: true;
}

/** Reads and writes the rows of one shape in one table. It is cheap to keep and safe to share. */
export interface Rows {
  /**
   * Reads one row by its keys and returns the result of `decode`, or `undefined` if there is no such row. Throws
   * `store.table-not-found` if the table is missing.
   */
  get<R>(
    partitionKey: string,
    rowKey: string,
    decode: (row: RowReader) => R,
    request?: ReadRequest,
    options?: OperationOptions,
  ): Promise<R | undefined>;
  /**
   * Iterates over the pages of a scan, following continuations. The rows come in key order if `traits.ordered` is true.
   * An error in a page is thrown only when the consumer asks for that page. The iterator's `return()` stops the
   * requests in flight. `timeout` applies to each page.
   */
  scan<R>(request: ScanRequest, decode: (row: RowReader) => R, options?: OperationOptions): AsyncIterable<RowPage<R>>;
  /** Opens a row that a reader of this store and table has retained. */
  reopen(row: RetainedRow): RowReader;
  /** Encodes a write. No I/O. */
  prepare(operation: WriteOperation): PreparedWrite;
  /**
   * Returns the row as it is after a write that succeeded: `before`, if it is known, with the write applied. No I/O.
   */
  written(write: PreparedWrite, receipt: WriteReceipt, before?: RetainedRow): RetainedRow;
}

/**
 * The interface that every storage backend implements. All errors that it throws are `EntitableError`s with a `store.*`
 * code.
 */
export interface TableStore extends AsyncDisposable {
  /** The kind of store, its abilities and its limits. */
  readonly traits: StoreTraits;
  /**
   * The administration of access policies, signatures and service properties; only for stores whose service has them.
   */
  readonly service?: ServiceAdministration | undefined;
  /** Binds a shape to a table. No I/O. */
  rows(table: string, shape: RowShape): Rows;
  /**
   * Carries out all of the writes, or none. They must belong to one partition of the table, contain at most one write
   * of each row, and have been prepared by `rows(table, …)` of this store; their shapes may differ. A single write is
   * not sent as a transaction. If a write is refused, `details.operation` is its index. Resolves only when the writes
   * are durable. A lost response throws `store.outcome-unknown`; a store never retries it by itself.
   */
  submit(table: string, writes: readonly PreparedWrite[], options?: OperationOptions): Promise<readonly WriteReceipt[]>;
  /** Creates a table. Returns `false` if it already existed. */
  createTable(table: string, options?: OperationOptions): Promise<boolean>;
  /** Deletes a table. Returns `false` if it did not exist. */
  deleteTable(table: string, options?: OperationOptions): Promise<boolean>;
  /** Lists the names of tables, ordered by their lower-case form. */
  tables(
    request?: { readonly prefix?: string; readonly continuation?: string },
    options?: OperationOptions,
  ): Promise<RowPage<string>>;
  /**
   * Throws `store.unavailable` if the store cannot be written to although its tables can be listed. Only for stores in
   * which that can happen.
   */
  readonly ready?: ((options?: OperationOptions) => Promise<void>) | undefined;
  /**
   * Copies the whole store, as it is at one moment, to a path at which nothing exists yet. Throws
   * `store.already-exists` if something does. The copy is either complete or absent. A target of the same kind opens
   * the copy. Only for stores on disk.
   */
  readonly backup?: ((path: string, options?: OperationOptions) => Promise<void>) | undefined;
  /**
   * Closes the store. Operations that are still waiting after `timeout` milliseconds are stopped. Only for stores in
   * which operations can wait.
   */
  readonly close?: ((options?: { readonly timeout?: number | undefined }) => Promise<void>) | undefined;
}

/** The kind of a store, its abilities and its limits. */
export interface StoreTraits {
  /** The kind of store: `memory`, `sqlite`, `lmdb`, `azure-storage`, `azure-cosmos`, … */
  readonly kind: string;
  /**
   * An identifier of the place where the tables are stored. It is the same for two data sources that access the same
   * tables, and contains no secret.
   */
  readonly identity: string;
  /** True if rows arrive in key order, which they do not on Cosmos DB. */
  readonly ordered: boolean;
  /**
   * The way a merge with `remove` is carried out: in one write, or by reading the row and replacing it (two requests).
   */
  readonly removes: 'in-place' | 'by-replacing';
  /** True if scans accept `rawFilter`, the text of an OData filter. */
  readonly rawFilters?: boolean;
  /** The limits that the library checks before any I/O. */
  readonly limits: ServiceLimits;
}
