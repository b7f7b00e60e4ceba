import { setImmediate } from 'node:timers/promises';
import { KeptRow } from '../embedded/kept-row.js';
import type { OrderedRows, Place, RowTransaction, StoredRow } from '../embedded/ordered-rows.js';
import { StagedWrites, type WriteTarget } from '../embedded/staged-writes.js';
import { engineError } from './engine-error.js';
import type { TableKey } from '../embedded/key-bytes.js';
import { LentRows } from './lent-rows.js';
import { databaseOpener, type CursorRow, type Durability, type LentBytes, type LmdbDatabase } from './lmdb-database.js';
import { ReusedBuffer } from './reused-buffer.js';
import { SharedSystemRows } from '../embedded/shared-system-rows.js';
import type { StoreFiles } from './store-files.js';

/** The flag of a transaction that is committed, and flushed, before the call returns. */
const SYNCHRONOUS_COMMIT = 2;
/** Behind every table, and behind every key of another program that is likely. */
const LAST_TABLE = 0xffff_ffff;
/** Bytes that scans read before the pages they came from are given back. */
const MAPPED_BYTES = 32 * 1024 * 1024;
/** Transactions after which the marks of readers that died are looked for: they keep pages from being used again. */
const TRANSACTIONS_PER_CHECK = 1000;

interface QueuedWork {
  readonly work: (transaction: RowTransaction) => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Ordered rows in an LMDB environment, shared by any number of processes. Works that wait together are committed together, with one flush. */
export class LmdbRows implements OrderedRows {
  static async open(path: string, durability: Durability): Promise<LmdbRows> {
    const none = Buffer.alloc(0);
    const current: CursorRow = { key: none, keyStart: 0, keyEnd: 0, bytes: none, size: 0 };
    const { open, files } = await databaseOpener(path, durability, current);
    return new LmdbRows(path, open, files, current);
  }

  readonly #path: string;
  readonly #openDatabase: () => LmdbDatabase;
  readonly #files: StoreFiles;
  readonly #current: CursorRow;
  readonly #idle: LentRows[] = [];
  readonly #lent = new ReusedBuffer();
  readonly #target: WriteTarget = {
    put: (table, row) => this.#database.put({ table, partitionKey: row.partitionKey, rowKey: row.rowKey }, row),
    delete: (table, partitionKey, rowKey) => this.#database.remove({ table, partitionKey, rowKey }),
  };
  #database: LmdbDatabase;
  #queue: QueuedWork[] = [];
  #flushing: Promise<void> = Promise.resolve();
  #transactions = 0;
  /** Scans and transactions that are in progress. */
  #busy = 0;
  /** Bytes that scans have read since the environment was opened. */
  #scanned = 0;

  private constructor(path: string, openDatabase: () => LmdbDatabase, files: StoreFiles, current: CursorRow) {
    this.#path = path;
    this.#files = files;
    this.#current = current;
    this.#openDatabase = openDatabase;
    this.#database = openDatabase();
  }

  /**
   * Any number of reads share a snapshot, which the package lets go of by a timer: long after a commit of another process, thread or
   * data source can be known here. What is read within a scan or a transaction stays with what that reads.
   */
  renew(): undefined {
    if (this.#busy > 0) return undefined;
    try {
      this.#database.resetReadTxn();
      return undefined;
    } catch (error) {
      throw engineError(this.#path, 'cannot be read', error);
    }
  }

  get(table: number, partitionKey: string, rowKey: string): StoredRow | undefined {
    try {
      const lent = this.#database.getBinaryFast({ table, partitionKey, rowKey });
      if (lent === undefined) return undefined;
      const size = this.#database.lastSize;
      return new KeptRow(partitionKey, rowKey, this.#copyOf(lent, size), 0, size);
    } catch (error) {
      throw engineError(this.#path, 'cannot be read', error);
    }
  }

  range(table: number, from: Place | undefined, to: Place | undefined, visit: (row: StoredRow) => boolean): void {
    const cursor = this.#cursor({ table, ...from }, to === undefined ? { table: table + 1 } : { table, ...to });
    const lent = this.#idle.pop() ?? new LentRows();
    this.#busy += 1;
    try {
      while (this.#reads(cursor, lent)) {
        for (let index = 0; index < lent.count; index++) if (!visit(lent.at(index))) return;
      }
    } finally {
      this.#end(cursor);
      lent.takeBack();
      this.#idle.push(lent);
      this.#busy -= 1;
      if (this.#busy === 0 && this.#scanned > MAPPED_BYTES) this.#unmap();
    }
  }

  /** Whether the environment holds nothing at all, also nothing of another program. */
  isEmpty(): boolean {
    const cursor = this.#cursor({ table: 0 }, { table: LAST_TABLE });
    try {
      return cursor.next().done === true;
    } catch (error) {
      throw engineError(this.#path, 'cannot be read', error);
    } finally {
      this.#end(cursor);
    }
  }

  transact<T>(work: (transaction: RowTransaction) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as (result: unknown) => void, reject });
      if (this.#queue.length === 1) this.#flushing = setImmediate().then(() => this.#flush());
    });
  }

  async close(): Promise<void> {
    await this.#flushing;
    try {
      await this.#database.close();
    } catch (error) {
      throw engineError(this.#path, 'cannot be closed', error);
    }
  }

  #copyOf(lent: LentBytes, size: number): Buffer {
    if (lent.isGlobal !== true) return Buffer.from(lent);
    const value = this.#lent.beginning(lent, size);
    const copy = Buffer.allocUnsafe(value.length);
    copy.set(value);
    return copy;
  }

  #cursor(start: TableKey, end: TableKey): Iterator<unknown> {
    try {
      return this.#database.getRange({ start, end })[Symbol.iterator]();
    } catch (error) {
      throw engineError(this.#path, 'cannot be read', error);
    }
  }

  #end(cursor: Iterator<unknown>): void {
    try {
      cursor.return?.();
    } catch (error) {
      throw engineError(this.#path, 'cannot be read', error);
    }
  }

  /** Reads the cursor's next rows into `lent`. */
  #reads(cursor: Iterator<unknown>, lent: LentRows): boolean {
    lent.takeBack();
    try {
      while (cursor.next().done !== true && !lent.take(this.#current));
    } catch (error) {
      throw engineError(this.#path, 'cannot be read', error);
    }
    this.#scanned += lent.size;
    return lent.count > 0;
  }

  /** Commits all that waits in one transaction. */
  #flush(): void {
    const group = this.#queue;
    this.#queue = [];
    this.#busy += 1;
    try {
      this.#files.check();
      this.#transactions += 1;
      if (this.#transactions % TRANSACTIONS_PER_CHECK === 0) this.#database.readerCheck();
      const settle = this.#database.transactionSync(() => this.#runAll(group), SYNCHRONOUS_COMMIT);
      for (const each of settle) each();
    } catch (cause) {
      const error = engineError(this.#path, 'cannot be written; nothing was', cause);
      for (const { reject } of group) reject(error);
    } finally {
      this.#busy -= 1;
    }
  }

  /**
   * Opens the environment anew. Pages of the file that were read stay mapped, and count as memory of this process, for as long as it is
   * open: a scan of a large store would seem to need all of it.
   */
  #unmap(): void {
    this.#scanned = 0;
    void this.#database.close(); // at once: nothing of this store is in progress
    this.#database = this.#openDatabase();
  }

  /** Runs works within the transaction and gives what to call once they are durable. */
  #runAll(group: readonly QueuedWork[]): readonly (() => void)[] {
    const rows = new SharedSystemRows(this, this.#target);
    const settle = group.map((queued) => this.#run(queued, rows));
    rows.write();
    return settle;
  }

  /** A work that throws takes nothing from the others. */
  #run({ work, resolve, reject }: QueuedWork, rows: SharedSystemRows): () => void {
    const writes = new StagedWrites(rows);
    let result: unknown;
    try {
      result = work(writes);
    } catch (error) {
      return () => reject(error);
    }
    writes.apply(rows);
    return () => resolve(result);
  }
}
