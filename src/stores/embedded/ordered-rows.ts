import { EntitableError } from '../../errors/entitable-error.js';
import type { Deadline } from '../../async/deadline.js';

/** Where a row lies, in the row codec: from `start` to `end`. Rows that were read or written together lie side by side in the same bytes. */
export interface ByteSlice {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** One row where it is kept. Lent: valid only until the visitor or reader it was given to is done; `keep` makes it last. */
export interface EngineRow extends ByteSlice {
  readonly partitionKey: string;
  readonly rowKey: string;
  /** Where the row key ends that stands behind the row, a byte for each character; -1 where none does. */
  readonly rowKeyEnd: number;
  /** Where the last row ends that was read with this one and lies behind it in the same bytes: their texts are decoded at once. */
  readonly readEnd: number;
  /** How often its bytes were written over: what was decoded from them before is that of other rows. */
  readonly writes: number;
  /** The same row for as long as it is wanted: itself where rows are objects, a place in bytes that nobody writes again where they are pages. */
  keep(): EngineRow;
}

/** The bytes of a row alone. */
export function contentOf({ bytes, start, end }: ByteSlice): Buffer {
  return bytes.subarray(start, end);
}

/** A place between rows: before or after a row, or before or after a whole partition where no row key is given. */
export interface Boundary {
  readonly partitionKey: string;
  readonly rowKey?: string;
  readonly after: boolean;
}

/** Ordered rows of numbered tables: by table, partition key and row key, in UTF-16 code units. */
export interface RowSource {
  get(table: number, partitionKey: string, rowKey: string): EngineRow | undefined;
  /** Visits rows from a place to a place, in order, until `visit` returns `false`. Seeks: rows before `from` cost nothing. */
  range(table: number, from: Boundary | undefined, to: Boundary | undefined, visit: (row: EngineRow) => boolean): void;
}

/** Reads the state before the transaction; writes take place together when its work has returned. */
export interface RowTransaction extends RowSource {
  /** The row is kept as it is: nobody changes its bytes. */
  put(table: number, row: EngineRow): void;
  delete(table: number, partitionKey: string, rowKey: string): void;
}

/** All that the embedded engine asks of a place to keep rows: memory, SQLite and LMDB are those there are. */
export interface OrderedRows extends RowSource {
  /**
   * Begins an operation that reads: it sees all that was committed before, by whichever data source, thread or process. Its reads in one
   * synchronous stretch agree with each other, and what {@link RowSource.range} visits is one snapshot. Gives a promise where another
   * process holds readers up; the wait for it ends with the deadline.
   */
  renew(deadline?: Deadline): Promise<void> | undefined;
  /**
   * Runs `work` alone, once. When it returns, its writes are made together, and the promise resolves once they are durable; when it throws
   * nothing is written and the promise is rejected with that error. A wait for other processes that write ends with the deadline.
   */
  transact<T>(work: (transaction: RowTransaction) => T, deadline?: Deadline): Promise<T>;
  /** Throws `store.unavailable` when the files that are open are no longer in their place. */
  checkPlace?(): void;
  /** Copies all rows, as they are at one moment, to a path where nothing is. Stops at the deadline, in its own time. */
  backup?(path: string, deadline: Deadline): Promise<void>;
  /** Waits for works that were asked for; after some milliseconds those that still wait for other processes are rejected: `store.aborted`. */
  close(timeout?: number): Promise<void>;
}

/** The error of a work that waited for its turn when the store was closed. */
export function stoppedByClosing(): EntitableError {
  return new EntitableError(
    'store.aborted',
    'The store was closed before the write had its turn; nothing was written.',
    {},
  );
}

/** A row that is its own, with its keys as texts: one in memory, one that was read by its key, and one that is composed after a write. */
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

/** The row of some keys that lies in a place. */
export function ownedRow(partitionKey: string, rowKey: string, { bytes, start, end }: ByteSlice): OwnedRow {
  return new OwnedRow(partitionKey, rowKey, bytes, start, end);
}

/** A row that was kept from a cursor, and whose row key stands behind it: it is decoded only when asked for. */
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
