import type { FilterNode } from './filter-node.js';
import type { ServiceLimits } from './limits.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { ServiceAdministration } from './service-administration.js';
import type { RetainedRow, RowReader, RowShape, RowWriter, Slot } from './row.js';

/**
 * How a write treats the row it finds: `insert` wants none, `merge`, `replace` and `delete` want one under their `ifMatch`,
 * the two upserts take both. A merge leaves unnamed properties alone; a replace takes them away.
 */
export type WriteMode = 'insert' | 'merge' | 'replace' | 'upsert-merge' | 'upsert-replace' | 'delete';

/** One write, before a store encodes it. */
export interface WriteOperation {
  /** How it treats the row it finds. */
  readonly mode: WriteMode;
  /** The stored partition key. */
  readonly partitionKey: string;
  /** The stored row key. */
  readonly rowKey: string;
  /** An ETag or `'*'`. Required by merge, replace and delete; refused elsewhere. */
  readonly ifMatch?: string;
  /**
   * Stored names to take away; merge only. A store that cannot do it in one write (see {@link StoreTraits.removes}) reads the row
   * and replaces it under `ifMatch`, keeping what it does not know.
   */
  readonly remove?: readonly string[];
  /** Pushes the properties. Pure: a store may call it again. Absent for delete. */
  readonly write?: (writer: RowWriter) => void;
}

/** A write in the store's own form, encoded once. */
export interface PreparedWrite {
  /** How it treats the row it finds. */
  readonly mode: WriteMode;
  /** The stored partition key. */
  readonly partitionKey: string;
  /** The stored row key. */
  readonly rowKey: string;
  /** Its share of the body of an entity group transaction, in bytes. */
  readonly bytes: number;
  /** The size of the entity it carries, by the service's formula (`keyedSize`, `propertySize`); 0 for a delete. */
  readonly entityBytes: number;
}

/** What a store answers to a write. */
export interface WriteReceipt {
  /** The ETag the row has now; absent after a delete. */
  readonly etag?: string;
}

/** One end of a range of keys. */
export interface Bound {
  /** The key that the range begins or ends with. */
  readonly value: string;
  /** Whether that key belongs to the range. */
  readonly inclusive: boolean;
}

/** Keys from a bound to a bound, in the service's order; a side left out is open. */
export interface KeyRange {
  /** The lower end. */
  readonly from?: Bound;
  /** The upper end. */
  readonly to?: Bound;
}

/** Whether a key lies within a range. */
export function isWithin(key: string, { from, to }: KeyRange): boolean {
  return (
    (from === undefined || key > from.value || (from.inclusive && key === from.value)) &&
    (to === undefined || key < to.value || (to.inclusive && key === to.value))
  );
}

/** What a read asks of each row. */
export interface ReadRequest {
  /** Slots the decoder will read; absent: all. `[]`: keys only. The keys can always be read. */
  readonly select?: readonly Slot[];
  /** Whether the decoder reads `etag`; by default only without `select`. */
  readonly etag?: boolean;
  /** Whether the decoder reads `undeclared()`. */
  readonly undeclared?: boolean;
}

/** Which rows are read, and how. */
export interface ScanRequest extends ReadRequest {
  /** One partition, or a range of them; absent: all. */
  readonly partitionKey?: string | KeyRange;
  /** A range of row keys in each of them; absent: all. */
  readonly rowKey?: KeyRange;
  /** What the ranges do not say. Ranges and filter together stay within `limits.comparisons`. */
  readonly filter?: FilterNode;
  /** The text of a further `$filter`, joined by `and` as it is; only for a store whose `traits.rawFilters` is true. */
  readonly rawFilter?: string;
  /** Rows of one request: 1 to `limits.pageRows`, which is the default. */
  readonly pageSize?: number;
  /** Where an earlier page said that the next begins. */
  readonly continuation?: string;
  /** Pages to request ahead of the consumer; 0, the default, requests a page when it is asked for. */
  readonly ahead?: number;
}

/** Rows that arrived together. */
export interface RowPage<R> {
  /** What `decode` made of them. */
  readonly rows: readonly R[];
  /** Where the next page begins; absent at the end. A page may be short, or empty, and still have one. */
  readonly continuation?: string;
  /** Set where a missing table counts as empty, and there is none: on the first page of a scan alone. */
  readonly tableMissing?: true;
}

/** One shape on one table. Cheap to keep, safe to share. */
export interface Rows {
  /** A point read: `undefined` when the row is missing; a missing table is `store.table-not-found`. */
  get<R>(
    partitionKey: string,
    rowKey: string,
    decode: (row: RowReader) => R,
    request?: ReadRequest,
    options?: OperationOptions,
  ): Promise<R | undefined>;
  /** Pages in key order (where `traits.ordered`), following continuations. An error surfaces at the page it belongs to; `return()` stops what is in flight. `timeout` is each page's. */
  scan<R>(request: ScanRequest, decode: (row: RowReader) => R, options?: OperationOptions): AsyncIterable<RowPage<R>>;
  /** Opens a row that was retained by a reader of this store and table. */
  reopen(row: RetainedRow): RowReader;
  /** Encodes a write; no I/O. */
  prepare(operation: WriteOperation): PreparedWrite;
  /** What the row is known to hold after a write of these rows: `before`, where it is known, changed by the write. No I/O. */
  written(write: PreparedWrite, receipt: WriteReceipt, before?: RetainedRow): RetainedRow;
}

/** What a backend must do. Errors are `EntitableError`s with a `store.*` code and nothing else. */
export interface TableStore extends AsyncDisposable {
  /** What this store is and can do. */
  readonly traits: StoreTraits;
  /** Access policies, signatures and service properties, where the store is a service that has them. */
  readonly service?: ServiceAdministration | undefined;
  /** Binds a shape to a table. No I/O. */
  rows(table: string, shape: RowShape): Rows;
  /**
   * Writes all or nothing: one table, one partition, each row once, prepared by `rows(table, …)` of this store (several shapes may
   * mix). One write is not sent as a transaction. A refusal carries `details.operation`, the index of the write that failed.
   * Resolves only when durable; an answer that was lost is `store.outcome-unknown`, never retried inside.
   */
  submit(table: string, writes: readonly PreparedWrite[], options?: OperationOptions): Promise<readonly WriteReceipt[]>;
  /** `false` when the table existed. */
  createTable(table: string, options?: OperationOptions): Promise<boolean>;
  /** `false` when the table did not exist. */
  deleteTable(table: string, options?: OperationOptions): Promise<boolean>;
  /** Names of tables, ordered by their lower-case form. */
  tables(
    request?: { readonly prefix?: string; readonly continuation?: string },
    options?: OperationOptions,
  ): Promise<RowPage<string>>;
  /** Throws `store.unavailable` where the store could not be written to although its tables can be listed; only where that can be. */
  readonly ready?: ((options?: OperationOptions) => Promise<void>) | undefined;
  /**
   * Copies all of the store, as it is at one moment, to a path where nothing is: `store.already-exists`. The copy is complete or not there.
   * Only for stores on disk; a target of the same kind opens the copy.
   */
  readonly backup?: ((path: string, options?: OperationOptions) => Promise<void>) | undefined;
  /** Closes the store; operations that still wait after some milliseconds are stopped. Only where operations can wait for something. */
  readonly close?: ((options?: { readonly timeout?: number | undefined }) => Promise<void>) | undefined;
}

/** What a store is and can do. */
export interface StoreTraits {
  /** `memory`, `sqlite`, `lmdb`, `azure-storage`, `azure-cosmos`, … */
  readonly kind: string;
  /** The same for two data sources on the same tables; holds no secret. */
  readonly identity: string;
  /** Whether rows arrive in key order (Cosmos: no). */
  readonly ordered: boolean;
  /** How a merge with `remove` is carried out: in one write, or by reading the row and replacing it (two requests). */
  readonly removes: 'in-place' | 'by-replacing';
  /** Whether scans take `rawFilter`: the text of an OData filter. */
  readonly rawFilters?: boolean;
  /** What is refused before I/O. */
  readonly limits: ServiceLimits;
}
