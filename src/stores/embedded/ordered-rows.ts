import { EntitableError } from '../../errors/entitable-error.js';
import type { Deadline } from '../../async/deadline.js';

/**
 * The position of an encoded row in a buffer, from `start` to `end`. Rows that were read or written together share one
 * buffer.
 */
export interface ByteSlice {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/**
 * A stored row, as the embedded engine receives it from the storage. A row that was passed to a `visit` callback is
 * valid only until the callback returns; `keep` returns a row that stays valid.
 */
export interface EngineRow extends ByteSlice {
  readonly partitionKey: string;
  readonly rowKey: string;
  /**
   * Offset of the end of the row key if `bytes` contains the row key, as Latin-1 text, directly after the row;
   * otherwise -1.
   */
  readonly rowKeyEnd: number;
  /**
   * Offset of the end of the last row that was read into `bytes` together with this one. The texts of all these rows
   * can be decoded at once.
   */
  readonly readEnd: number;
  /**
   * Number of times that `bytes` has been overwritten. A text that was decoded while this number was lower belongs to
   * an earlier row.
   */
  readonly writes: number;
  /**
   * Returns a row with the same content that stays valid: this object itself if the storage keeps rows as objects;
   * otherwise a row whose bytes are never overwritten.
   */
  keep(): EngineRow;
}

/** Returns the bytes of a row as a view, without the rest of the buffer in which they lie. */
export function contentOf({ bytes, start, end }: ByteSlice): Buffer {
  return bytes.subarray(start, end);
}

/** A position between rows: directly before or after a row or, without a row key, before or after a whole partition. */
export interface Boundary {
  readonly partitionKey: string;
  readonly rowKey?: string;
  readonly after: boolean;
}

/**
 * Read access to the rows of all tables, which are identified by number. Rows are ordered by table, partition key and
 * row key; keys are compared by their UTF-16 code units.
 */
export interface RowSource {
  get(table: number, partitionKey: string, rowKey: string): EngineRow | undefined;
  /**
   * Visits the rows between two boundaries in order, until `visit` returns `false`. It seeks to `from`, so that earlier
   * rows cost nothing.
   */
  range(table: number, from: Boundary | undefined, to: Boundary | undefined, visit: (row: EngineRow) => boolean): void;
}

/**
 * A transaction. Its reads do not see its own writes, which are applied together after the `work` callback that was
 * passed to {@link OrderedRows.transact} has returned.
 */
export interface RowTransaction extends RowSource {
  /** Stores a row. The row's bytes must not be changed afterwards. */
  put(table: number, row: EngineRow): void;
  delete(table: number, partitionKey: string, rowKey: string): void;
}

/**
 * The interface between the embedded engine, which implements the behaviour of the Table service in this process, and
 * the storage of its rows: memory, SQLite or LMDB.
 */
export interface OrderedRows extends RowSource {
  /**
   * Prepares for the reads of one operation, so that they see everything that any data source, thread or process has
   * committed before this call. Reads without an `await` between them see the same state, and each
   * {@link RowSource.range} visits one snapshot. If another process blocks readers, returns a promise to await before
   * reading, which rejects if the other process still blocks them at the deadline.
   */
  renew(deadline?: Deadline): Promise<void> | undefined;
  /**
   * Runs `work` once, while no other transaction runs. When it returns, its writes are applied together, and the
   * promise resolves once they are durable. When it throws, nothing is written, and the promise rejects with that
   * error. The promise also rejects if other processes keep writing until the deadline.
   */
  transact<T>(work: (transaction: RowTransaction) => T, deadline?: Deadline): Promise<T>;
  /** Throws `store.unavailable` if the open files have been moved, removed or replaced. */
  checkPlace?(): void;
  /**
   * Copies a snapshot of all rows to a path where nothing exists. The copying stops some time after the deadline, not
   * exactly at it.
   */
  backup?(path: string, deadline: Deadline): Promise<void>;
  /**
   * Waits for all transactions that were requested with {@link OrderedRows.transact}, then releases the storage. After
   * `timeout` milliseconds, transactions that are still waiting for other processes are rejected with `store.aborted`.
   */
  close(timeout?: number): Promise<void>;
}

/** Creates the error for a transaction that was still waiting for its turn when the store was closed. */
export function stoppedByClosing(): EntitableError {
  return new EntitableError(
    'store.aborted',
    'The store was closed before the write had its turn; nothing was written.',
    {},
  );
}

/**
 * A row whose keys are available as strings: a row of a memory store, a row that was read by its key, or the result of
 * a write.
 */
export class OwnedRow implements EngineRow {
  readonly rowKeyEnd = -1;

  constructor(
    readonly partitionKey: string,
    readonly rowKey: string,
    readonly bytes: Buffer,
    readonly start = 0,
    readonly end = bytes.length,
  ) {}

  get readEnd(): number {
    return this.end;
  }

  get writes(): number {
    return 0;
  }

  keep(): EngineRow {
    return this;
  }
}

/** Creates the row with these keys and bytes. */
export function ownedRow(partitionKey: string, rowKey: string, { bytes, start, end }: ByteSlice): OwnedRow {
  return new OwnedRow(partitionKey, rowKey, bytes, start, end);
}

/**
 * A row that was read in a scan and then kept. Its row key follows it in the same buffer, and is decoded only on
 * access.
 */
export class KeptCursorRow implements EngineRow {
  constructor(
    readonly partitionKey: string,
    readonly bytes: Buffer,
    readonly start: number,
    readonly end: number,
    readonly rowKeyEnd: number,
  ) {}

  get rowKey(): string {
    return this.bytes.toString('latin1', this.end, this.rowKeyEnd);
  }

  get readEnd(): number {
    return this.rowKeyEnd;
  }

  get writes(): number {
    return 0;
  }

  keep(): EngineRow {
    return this;
  }
}
