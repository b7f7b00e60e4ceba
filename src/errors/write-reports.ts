/** One write of a commit: its row and its mode. */
export interface CommitWrite {
  /** The mode of the write. */
  readonly mode: 'insert' | 'merge' | 'replace' | 'upsert-merge' | 'upsert-replace' | 'delete';
  /** The class of the entity. */
  readonly className: string;
  /** The name of the table in the store. */
  readonly table: string;
  /** The stored partition key. */
  readonly partitionKey: string;
  /** The stored row key. */
  readonly rowKey: string;
  /** The name of the index if the write is that of an entry; `className` is the class of its entity. Only in plans. */
  readonly index?: string;
  /** `true` for a merge that changes nothing and only checks the row's ETag: see `UnitOfWork.require`. */
  readonly required?: boolean;
  /** The written entity, if the unit of work holds one. It contains property values, so logs do not show it. */
  readonly entity?: object;
}

/** One write that a store refused, with the reason. */
export interface FailedWrite extends CommitWrite {
  /** The reason, usually an `EntitableError`. */
  readonly error: unknown;
}

/**
 * An entry of an index with partitions of its own that may be stale: it was written for a write of its entity that
 * may not be stored, or could not be removed afterwards. Queries leave it out; a rebuild of the index removes it.
 */
export interface StaleEntry {
  /** The class of the entity. */
  readonly className: string;
  /** The name of the index. */
  readonly index: string;
  /** The name of the index's table in the store. */
  readonly table: string;
  /** The stored partition key of the entity. */
  readonly partitionKey: string;
  /** The stored row key of the entity. */
  readonly rowKey: string;
  /** The reason, usually an `EntitableError`. */
  readonly error: unknown;
}

/** The outcome of the writes of a commit. Its lists hold entities: programs can read them, logs omit them. */
export interface CommitReport {
  /** Writes that are stored now. */
  readonly committed: readonly CommitWrite[];
  /** Writes that were refused: they are not stored, and stay pending in the unit of work. */
  readonly failed: readonly FailedWrite[];
  /** Writes that may or may not be stored, because the response was lost. The next commit reads them back first. */
  readonly unknown: readonly CommitWrite[];
  /** Writes that were not sent, or not stored, because another write failed. */
  readonly pending: readonly CommitWrite[];
  /** Entries of indexes with partitions of their own that may be stale. Absent if there are none. */
  readonly stale?: readonly StaleEntry[];
}

/** One item of a bulk write that was not written. */
export interface BulkFailure<I = unknown> {
  /** The position of the item in the input, from 0. */
  readonly index: number;
  /** The item, as the input yielded it. */
  readonly item: I;
  /** The reason; `store.outcome-unknown` if the item may have been written after all. */
  readonly error: unknown;
}

/** The progress of a bulk write that stopped. Its lists hold items: programs can read them, logs omit them. */
export interface BulkReport {
  /** The number of items taken from the input: the sum of those written, failed and pending. */
  readonly read: number;
  /** The number of items that are stored now. */
  readonly written: number;
  /** The items that were refused, with the reasons. */
  readonly failed: readonly BulkFailure[];
  /** The items that were taken from the input but not written, in input order. */
  readonly pending: readonly unknown[];
}
