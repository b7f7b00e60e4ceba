import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Deadline } from '../../async/deadline.js';
import { copyBeside } from '../embedded/disk/copy-beside.js';
import { makeFolder, syncFile, syncFolder } from '../embedded/disk/private-files.js';
import { OwnedRow, type Boundary, type RowTransaction, type EngineRow } from '../embedded/ordered-rows.js';
import type { DiskRows, DiskSettings } from '../embedded/disk/disk-store.js';
import { carryOut, type QueuedWork, type StagingTarget } from '../embedded/staged-writes.js';
import { engineError } from './engine-error.js';
import type { TableKey } from '../embedded/key-bytes.js';
import { CursorRows } from './cursor-rows.js';
import type { BorrowedBytes } from './lmdb-database.js';
import type { LmdbEnvironment } from './lmdb-environment.js';
import { ReusedBuffer } from './reused-buffer.js';
import { acquireEnvironment, type AcquiredEnvironment } from './shared-environments.js';
import { SharedSystemRows } from '../embedded/shared-system-rows.js';

/** Flag of the `lmdb` package that makes a transaction commit and flush to disk before the call returns. */
const SYNCHRONOUS_COMMIT = 2;
/** A table number that sorts after all tables of a store, and after most keys that other programs write. */
const LAST_TABLE = 0xffff_ffff;

/**
 * Ordered rows in an LMDB environment. Writes that wait at the same time are committed in one transaction with one
 * flush.
 */
export class LmdbRows implements DiskRows {
  static async open(path: string, settings: DiskSettings): Promise<LmdbRows> {
    return new LmdbRows(await acquireEnvironment(path, settings), settings.fileMode);
  }

  readonly path: string;
  readonly #environment: LmdbEnvironment;
  readonly #fileMode: number;
  readonly #release: () => Promise<void>;
  readonly #idle: CursorRows[] = [];
  readonly #readBuffer = new ReusedBuffer();
  readonly #target: StagingTarget = {
    put: (table, row) => {
      this.#writes += 1;
      this.#environment.database.put({ table, partitionKey: row.partitionKey, rowKey: row.rowKey }, row);
    },
    delete: (table, partitionKey, rowKey) => {
      this.#writes += 1;
      this.#environment.database.remove({ table, partitionKey, rowKey });
    },
  };
  /** Number of writes in the current transaction. */
  #writes = 0;
  #queue: QueuedWork[] = [];
  #flushing: Promise<void> = Promise.resolve();

  private constructor({ environment, directory, release }: AcquiredEnvironment, fileMode: number) {
    this.#fileMode = fileMode;
    this.#environment = environment;
    this.path = directory;
    this.#release = release;
  }

  /** Does nothing: all writers of the store share one environment, and every read sees what they have committed. */
  renew(): undefined {
    return undefined;
  }

  get(table: number, partitionKey: string, rowKey: string): EngineRow | undefined {
    try {
      const { database } = this.#environment;
      const borrowed = database.getBinaryFast({ table, partitionKey, rowKey });
      if (borrowed === undefined) return undefined;
      const size = database.lastSize;
      return new OwnedRow(partitionKey, rowKey, this.#copyOf(borrowed, size), 0, size);
    } catch (error) {
      throw this.#environment.failure('cannot be read', error);
    }
  }

  range(table: number, from: Boundary | undefined, to: Boundary | undefined, visit: (row: EngineRow) => boolean): void {
    const cursor = this.#cursor({ table, ...from }, to === undefined ? { table: table + 1 } : { table, ...to });
    const rows = this.#idle.pop() ?? new CursorRows();
    this.#environment.busy += 1;
    try {
      while (this.#reads(cursor, rows)) {
        for (let index = 0; index < rows.count; index++) if (!visit(rows.at(index))) return;
      }
    } finally {
      this.#end(cursor);
      rows.takeBack();
      this.#idle.push(rows);
      this.#environment.busy -= 1;
    }
  }

  /** Returns whether the environment contains no entries at all, including entries that other programs wrote. */
  isEmpty(): boolean {
    const cursor = this.#cursor({ table: 0 }, { table: LAST_TABLE });
    try {
      return cursor.next().done === true;
    } catch (error) {
      throw this.#environment.failure('cannot be read', error);
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

  checkPlace(): void {
    this.#environment.files.checkOpened();
  }

  async backup(path: string, deadline: Deadline): Promise<void> {
    const environment = this.#environment;
    environment.files.checkOpened();
    environment.busy += 1;
    try {
      await copyBeside(path, this.#fileMode, deadline, async (beside) => {
        makeFolder(beside, this.#fileMode);
        await environment.database.backup(beside, false);
        const file = join(beside, 'data.mdb');
        await chmod(file, this.#fileMode);
        await syncFile(file);
        await syncFolder(beside);
      });
    } catch (error) {
      throw engineError(this.path, 'cannot be copied', error);
    } finally {
      environment.busy -= 1;
    }
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.#release();
  }

  #copyOf(borrowed: BorrowedBytes, size: number): Buffer {
    if (borrowed.isGlobal !== true) return Buffer.from(borrowed);
    const value = this.#readBuffer.beginning(borrowed, size);
    const copy = Buffer.allocUnsafe(value.length);
    copy.set(value);
    return copy;
  }

  #cursor(start: TableKey, end: TableKey): Iterator<unknown> {
    try {
      return this.#environment.database.getRange({ start, end })[Symbol.iterator]();
    } catch (error) {
      throw this.#environment.failure('cannot be read', error);
    }
  }

  #end(cursor: Iterator<unknown>): void {
    try {
      cursor.return?.();
    } catch (error) {
      throw this.#environment.failure('cannot be read', error);
    }
  }

  /** Reads the cursor's next rows into `rows`. Returns `false` if there are no more. */
  #reads(cursor: Iterator<unknown>, rows: CursorRows): boolean {
    rows.takeBack();
    try {
      while (cursor.next().done !== true && !rows.take(this.#environment.current));
    } catch (error) {
      throw this.#environment.failure('cannot be read', error);
    }
    return rows.count > 0;
  }

  /** Runs the queued callbacks of {@link transact}, and commits their writes in one transaction. */
  #flush(): void {
    const group = this.#queue;
    this.#queue = [];
    const environment = this.#environment;
    try {
      environment.files.checkOpened();
      const { database } = environment;
      environment.busy += 1;
      let settle: readonly (() => void)[];
      try {
        settle = database.transactionSync(() => this.#runAll(group), SYNCHRONOUS_COMMIT);
      } finally {
        environment.busy -= 1;
      }
      for (const each of settle) each();
    } catch (cause) {
      const error = environment.failure('cannot be written; nothing was', cause);
      for (const { reject } of group) reject(error);
    }
  }

  /**
   * Runs the queued callbacks within the transaction. Returns functions that settle the promises of {@link transact},
   * to be called after the commit.
   */
  #runAll(group: readonly QueuedWork[]): readonly (() => void)[] {
    const rows = new SharedSystemRows(this, this.#target);
    this.#writes = 0;
    const settle = group.map((queued) => carryOut(queued, rows));
    rows.write();
    if (this.#writes > 0) this.#environment.files.checkRoom();
    return settle;
  }
}
