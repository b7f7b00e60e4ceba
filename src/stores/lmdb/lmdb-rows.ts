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

/** The flag of a transaction that is committed, and flushed, before the call returns. */
const SYNCHRONOUS_COMMIT = 2;
/** Behind every table, and behind every key of another program that is likely. */
const LAST_TABLE = 0xffff_ffff;

/** Ordered rows in an LMDB environment. Works that wait together are committed together, with one flush. */
export class LmdbRows implements DiskRows {
  static async open(path: string, settings: DiskSettings): Promise<LmdbRows> {
    return new LmdbRows(await acquireEnvironment(path, settings), settings.fileMode);
  }

  readonly path: string;
  readonly #environment: LmdbEnvironment;
  readonly #fileMode: number;
  readonly #release: () => Promise<void>;
  readonly #idle: CursorRows[] = [];
  readonly #lent = new ReusedBuffer();
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
  /** Of the transaction that is in progress. */
  #writes = 0;
  #queue: QueuedWork[] = [];
  #flushing: Promise<void> = Promise.resolve();

  private constructor({ environment, directory, release }: AcquiredEnvironment, fileMode: number) {
    this.#fileMode = fileMode;
    this.#environment = environment;
    this.path = directory;
    this.#release = release;
  }

  /** All who write do it through the same environment, whose next read sees it. */
  renew(): undefined {
    return undefined;
  }

  get(table: number, partitionKey: string, rowKey: string): EngineRow | undefined {
    try {
      const { database } = this.#environment;
      const lent = database.getBinaryFast({ table, partitionKey, rowKey });
      if (lent === undefined) return undefined;
      const size = database.lastSize;
      return new OwnedRow(partitionKey, rowKey, this.#copyOf(lent, size), 0, size);
    } catch (error) {
      throw this.#environment.failure('cannot be read', error);
    }
  }

  range(table: number, from: Boundary | undefined, to: Boundary | undefined, visit: (row: EngineRow) => boolean): void {
    const cursor = this.#cursor({ table, ...from }, to === undefined ? { table: table + 1 } : { table, ...to });
    const lent = this.#idle.pop() ?? new CursorRows();
    this.#environment.busy += 1;
    try {
      while (this.#reads(cursor, lent)) {
        for (let index = 0; index < lent.count; index++) if (!visit(lent.at(index))) return;
      }
    } finally {
      this.#end(cursor);
      lent.takeBack();
      this.#idle.push(lent);
      this.#environment.busy -= 1;
    }
  }

  /** Whether the environment holds nothing at all, also nothing of another program. */
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

  #copyOf(lent: BorrowedBytes, size: number): Buffer {
    if (lent.isGlobal !== true) return Buffer.from(lent);
    const value = this.#lent.beginning(lent, size);
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

  /** Reads the cursor's next rows into `lent`. */
  #reads(cursor: Iterator<unknown>, lent: CursorRows): boolean {
    lent.takeBack();
    try {
      while (cursor.next().done !== true && !lent.take(this.#environment.current));
    } catch (error) {
      throw this.#environment.failure('cannot be read', error);
    }
    return lent.count > 0;
  }

  /** Commits all that waits in one transaction. */
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

  /** Runs works within the transaction and gives what to call once they are durable. */
  #runAll(group: readonly QueuedWork[]): readonly (() => void)[] {
    const rows = new SharedSystemRows(this, this.#target);
    this.#writes = 0;
    const settle = group.map((queued) => carryOut(queued, rows));
    rows.write();
    if (this.#writes > 0) this.#environment.files.checkRoom();
    return settle;
  }
}
