import { EntitableError } from '../../errors/entitable-error.js';
import type { Deadline } from '../../async/deadline.js';

/**
 * The position of an encoded row, from `start` to `end`. Rows that were read or written together share the same bytes.
 */
export interface ByteSlice {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/**
 * One row of an engine. It is valid only until the visitor or reader that received it is done; `keep` returns a lasting
 * row.
 */
export interface EngineRow extends ByteSlice {
  readonly partitionKey: string;
  readonly rowKey: string;
  /** End of the Latin-1 row key that follows the row in the same bytes; -1 if there is none. */
  readonly rowKeyEnd: number;
  /**
   * End of the last row that was read together with this one into the same bytes. The texts of all these rows can be
   * decoded together.
   */
  readonly readEnd: number;
  /** Number of times that the bytes were overwritten. Texts decoded at an earlier number belong to other rows. */
  readonly writes: number;
  /**
   * Returns a row with the same content that stays valid: this object itself if the engine keeps rows as objects;
   * otherwise one whose bytes are never overwritten.
   */
  keep(): EngineRow;
}

/** Returns the bytes of a row without their surroundings. */
export function contentOf({ bytes, start, end }: ByteSlice): Buffer {
  return bytes.subarray(start, end);
}

/** A boundary between rows: before or after a row, or before or after a whole partition if there is no row key. */
export interface Boundary {
  readonly partitionKey: string;
  readonly rowKey?: string;
  readonly after: boolean;
}

/** Rows of numbered tables, ordered by table, partition key and row key, in UTF-16 code units. */
export interface RowSource {
  get(table: number, partitionKey: string, rowKey: string): EngineRow | undefined;
  /**
   * Visits the rows between two boundaries in order, until `visit` returns `false`. It seeks to `from`, so that earlier
   * rows cost nothing.
   */
  range(table: number, from: Boundary | undefined, to: Boundary | undefined, visit: (row: EngineRow) => boolean): void;
}

/** A transaction. Reads see the state before it; its writes are made together after its work has returned. */
export interface RowTransaction extends RowSource {
  /** Stores a row. The row's bytes must not be changed afterwards. */
  put(table: number, row: EngineRow): void;
  delete(table: number, partitionKey: string, rowKey: string): void;
}

/** The interface between the embedded engine and the storage of its rows: memory, SQLite or LMDB. */
export interface OrderedRows extends RowSource {
  /**
   * Begins an operation that reads, so that it sees everything that any data source, thread or process committed
   * before. Reads without an `await` between them agree with each other, and each {@link RowSource.range} visits one
   * snapshot. Returns a promise if another process blocks readers; its wait ends with the deadline.
   */
  renew(deadline?: Deadline): Promise<void> | undefined;
  /**
   * Runs `work` exclusively and once. When it returns, its writes are made together, and the promise resolves once they
   * are durable. When it throws, nothing is written, and the promise rejects with that error. A wait for other
   * processes that write ends with the deadline.
   */
  transact<T>(work: (transaction: RowTransaction) => T, deadline?: Deadline): Promise<T>;
  /** Throws `store.unavailable` if the open files are no longer in their place. */
  checkPlace?(): void;
  /**
   * Copies a snapshot of all rows to a path where nothing exists. It stops some time after the deadline, not exactly at
   * it.
   */
  backup?(path: string, deadline: Deadline): Promise<void>;
  /**
   * Waits for requested transactions. After `timeout` milliseconds, those that still wait for other processes are
   * rejected with `store.aborted`.
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
 * A row that owns its keys as strings: a row in memory, one that was read by its key, or one composed after a write.
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

/** A row kept from a cursor. Its row key follows it in the same bytes, and is decoded only if it is asked for. */
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
