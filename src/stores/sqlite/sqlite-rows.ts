import { setImmediate } from 'node:timers/promises';
import { startTimer } from '../../async/backoff.js';
import type { Deadline } from '../../async/deadline.js';
import type { DiskRows, DiskSettings } from '../embedded/disk/disk-store.js';
import { stoppedByClosing, type Boundary, type RowTransaction, type EngineRow } from '../embedded/ordered-rows.js';
import { SharedSystemRows } from '../embedded/shared-system-rows.js';
import { carryOut, type QueuedWork } from '../embedded/staged-writes.js';
import { tableNameOf } from '../embedded/tables.js';
import { BlockCache } from './block-cache.js';
import { keyText } from './block-key.js';
import { BlockWrites } from './block-writes.js';
import type { Block } from './block.js';
import { Busy, heldByOther, Patience, Turn, whenFree } from './busy.js';
import { damageIn, DamagedBlock } from './damaged-block.js';
import { rowAt, visitBlocks } from './read-blocks.js';
import { backupFile } from './sqlite-backup.js';
import { SqliteFile } from './sqlite-file.js';

/** Maximum size of the cache of blocks, in bytes. */
const CACHE_BYTES = 32 * 1024 * 1024;
/** Maximum number of blocks that a scan reads at a time. */
const BLOCKS_AHEAD = 16;
/**
 * The wait between two attempts to begin a synchronous read while another process blocks readers, in milliseconds, and
 * the number of attempts.
 */
const SHORT_WAIT = 1;
const SHORT_TRIES = 50;

/**
 * Queued work, that is, the callback of a requested transaction that waits for its turn, with the time that it may
 * wait.
 */
interface PatientWork extends QueuedWork {
  readonly patience: Patience;
}

/**
 * Ordered rows in blocks of an SQLite file (see `block.ts`), shared by any number of connections, threads and
 * processes. Writes that wait at the same time are committed in one transaction with one flush.
 */
export class SqliteRows implements DiskRows {
  static async open(path: string, settings: DiskSettings, deadline?: Deadline): Promise<SqliteRows> {
    return new SqliteRows(await SqliteFile.open(path, settings, deadline), settings.fileMode);
  }

  readonly #file: SqliteFile;
  readonly #fileMode: number;
  readonly #cache = new BlockCache(CACHE_BYTES);
  /** The version of the store (see {@link SqliteFile.version}) at which all cached blocks were read. */
  #version = '';
  /** Number of nested reads and transactions, which share a snapshot. */
  #depth = 0;
  #queue: PatientWork[] = [];
  #isFlushing = false;
  #flushing: Promise<void> = Promise.resolve();

  private constructor(file: SqliteFile, fileMode: number) {
    this.#file = file;
    this.#fileMode = fileMode;
  }

  /** The real path of the file. */
  get path(): string {
    return this.#file.path;
  }

  renew(deadline?: Deadline): Promise<void> | undefined {
    if (this.#depth > 0) return undefined;
    try {
      this.#refresh();
      return undefined;
    } catch (error) {
      if (!(error instanceof Busy)) throw error;
      return whenFree(this.path, () => this.#refresh(), deadline);
    }
  }

  get(table: number, partitionKey: string, rowKey: string): EngineRow | undefined {
    const key = keyText({ table, partitionKey, rowKey });
    return rowAt(this.#cache.find(key) ?? this.#read(key), key, partitionKey, rowKey);
  }

  range(table: number, from: Boundary | undefined, to: Boundary | undefined, visit: (row: EngineRow) => boolean): void {
    let ahead = 1;
    this.#snapshot(() => {
      visitBlocks(
        (key) => {
          const cached = this.#cache.find(key);
          if (cached !== undefined) return cached;
          const block = ahead === 1 ? this.#blockOf(key) : this.#readAhead(key, ahead);
          ahead = Math.min(ahead * 2, BLOCKS_AHEAD);
          this.#cache.add(block);
          return block;
        },
        table,
        from,
        to,
        visit,
      );
    });
  }

  transact<T>(work: (transaction: RowTransaction) => T, deadline?: Deadline): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const patience = new Patience(this.path, deadline);
      this.#queue.push({ work, patience, resolve: resolve as (result: unknown) => void, reject });
      if (this.#isFlushing) return;
      this.#isFlushing = true;
      this.#flushing = setImmediate().then(() => this.#flush());
    });
  }

  checkPlace(): void {
    this.#file.checkPlace();
  }

  async backup(path: string, deadline: Deadline): Promise<void> {
    this.#file.checkPlace();
    await backupFile(this.path, path, this.#fileMode, deadline);
  }

  async close(timeout = Number.POSITIVE_INFINITY): Promise<void> {
    const timer = startTimer(() => this.#rejectAll(this.#takeQueue(), stoppedByClosing()), timeout);
    while (this.#isFlushing) await this.#flushing;
    clearTimeout(timer);
    this.#cache.clear();
    this.#file.close();
  }

  /** Clears the cache if another connection has committed since the cached blocks were read. */
  #refresh(): void {
    const version = this.#file.version();
    if (version === this.#version) return;
    this.#cache.clear();
    this.#version = version;
  }

  /**
   * Returns the block that covers a key, and caches it. Reads it in a snapshot that has the version of all cached
   * blocks.
   */
  #read(key: string): Block {
    return this.#snapshot(() => {
      const block = this.#cache.find(key) ?? this.#blockOf(key);
      this.#cache.add(block);
      return block;
    });
  }

  /** Reads the block that covers a key from the file. */
  #blockOf(key: string): Block {
    return this.#telling(() => this.#file.blockOf(key));
  }

  /** Returns the block that begins with a key, and adds the blocks after it to the cache. */
  #readAhead(key: string, count: number): Block {
    const blocks = this.#telling(() => this.#file.blocksFrom(key, count));
    for (const block of blocks) this.#cache.add(block);
    return blocks[0]!;
  }

  /**
   * Runs a read and converts a {@link DamagedBlock} to the error that callers see, with the name of the table if it can
   * be read.
   */
  #telling<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof DamagedBlock)) throw error;
      throw damageIn(this.path, error, (table) => {
        try {
          return tableNameOf(this, table);
        } catch {
          return undefined; // the rows with the names of the tables are damaged too
        }
      });
    }
  }

  /**
   * Runs reads in one snapshot. All cached blocks have the version of the snapshot, so that the reads may use the
   * cache. Nested calls share the snapshot of the outermost one.
   */
  #snapshot<T>(read: () => T): T {
    if (this.#depth === 0) this.#begin();
    this.#depth += 1;
    try {
      return read();
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0) this.#file.rollback();
    }
  }

  /**
   * Begins a snapshot. It waits synchronously, since another process blocks readers only for moments, for example while
   * it recovers the file after a process was killed.
   */
  #begin(): void {
    for (let tries = 0; ; tries++) {
      try {
        this.#file.begin();
        try {
          this.#refresh();
          return;
        } catch (error) {
          this.#file.rollback();
          throw error;
        }
      } catch (error) {
        if (!(error instanceof Busy)) throw error;
        if (tries === SHORT_TRIES) throw heldByOther(this.path);
        Atomics.wait(PAUSE, 0, 0, SHORT_WAIT);
      }
    }
  }

  /** Runs all queued work and commits its writes in one transaction, as soon as no other connection writes. */
  async #flush(): Promise<void> {
    const turn = new Turn();
    try {
      while (!this.#beginWrite()) await turn.next();
    } catch (error) {
      this.#rejectAll(this.#takeQueue(), error);
      return;
    }
    const group = this.#takeQueue();
    if (group.length > 0) this.#commit(group);
  }

  #takeQueue(): readonly PatientWork[] {
    const group = this.#queue;
    this.#queue = [];
    this.#isFlushing = false;
    return group;
  }

  /**
   * Tries to begin the transaction. Returns `true` if it has begun, or if no queued work is left, because its time is
   * up.
   */
  #beginWrite(): boolean {
    this.#queue = this.#queue.filter(isInTime);
    if (this.#queue.length === 0) return true;
    this.#file.checkPlace();
    try {
      this.#file.beginWrite();
      return true;
    } catch (error) {
      if (error instanceof Busy) return false;
      throw error;
    }
  }

  #commit(group: readonly PatientWork[]): void {
    this.#depth += 1;
    try {
      this.#refresh();
      const writes = new BlockWrites((key) => this.#cache.find(key) ?? this.#read(key));
      const rows = new SharedSystemRows(writes, writes);
      const settle = group.map((queued) => carryOut(queued, rows));
      rows.write();
      writes.write(this.#file);
      this.#file.commit();
      writes.publish(this.#cache);
      for (const each of settle) each();
    } catch (error) {
      this.#file.rollback();
      this.#rejectAll(group, error instanceof Busy ? heldByOther(this.path) : error);
    } finally {
      this.#depth -= 1;
    }
  }

  #rejectAll(group: readonly PatientWork[], error: unknown): void {
    for (const { reject } of group) reject(error);
  }
}

/**
 * A value that never changes, so that waiting for a change with `Atomics.wait` always times out: a synchronous sleep.
 */
const PAUSE = new Int32Array(new SharedArrayBuffer(4));

/** Returns whether a queued transaction may still wait, and rejects its promise if its time is up. */
function isInTime({ patience, reject }: PatientWork): boolean {
  try {
    patience.check();
    return true;
  } catch (error) {
    reject(error);
    return false;
  }
}
