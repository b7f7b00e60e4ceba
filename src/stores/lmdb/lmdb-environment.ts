import { EntitableError } from '../../errors/entitable-error.js';
import type { DiskSettings } from '../embedded/disk/disk-store.js';
import { engineError, type EngineTask } from './engine-error.js';
import { loadLmdb, openDatabase, type CursorEntry, type LmdbDatabase } from './lmdb-database.js';
import { StoreFiles } from './store-files.js';
import { StoreLock } from './store-lock.js';

/**
 * The LMDB environment of a store, and the lock without which nobody opens one. After a failure LMDB may refuse everything for as long as
 * it is open, though the disk is well again: the next operation opens it anew.
 */
export class LmdbEnvironment {
  /** Throws `store.in-use` when another process or thread has the store open. */
  static async open(path: string, { durability, fileMode }: DiskSettings): Promise<LmdbEnvironment> {
    const lmdb = await loadLmdb();
    let lock: StoreLock | undefined;
    try {
      lock = await StoreLock.take(path, fileMode);
      const none = Buffer.alloc(0);
      const current: CursorEntry = { key: none, keyStart: 0, keyEnd: 0, bytes: none, size: 0 };
      const files = new StoreFiles(path);
      const open = (): LmdbDatabase =>
        files.open(fileMode, (name, isFile) => openDatabase(lmdb, name, isFile, { durability, current }));
      return new LmdbEnvironment(path, lock, files, current, open);
    } catch (error) {
      lock?.release();
      throw engineError(path, 'cannot be opened', error);
    }
  }

  readonly files: StoreFiles;
  /** What was read last. */
  readonly current: CursorEntry;
  /** Scans and transactions that are in progress: LMDB is not closed meanwhile. */
  busy = 0;
  readonly #path: string;
  readonly #lock: StoreLock;
  readonly #open: () => LmdbDatabase;
  #database: LmdbDatabase | undefined;
  #hasFailed = false;

  private constructor(
    path: string,
    lock: StoreLock,
    files: StoreFiles,
    current: CursorEntry,
    open: () => LmdbDatabase,
  ) {
    this.#path = path;
    this.#lock = lock;
    this.files = files;
    this.current = current;
    this.#open = open;
    this.#database = open();
  }

  /** The open database, for at once. Throws `store.unavailable` when it has failed and cannot be opened anew. */
  get database(): LmdbDatabase {
    const database = this.#database;
    return database === undefined || (this.#hasFailed && this.busy === 0) ? this.#reopen() : database;
  }

  /** The error that a failure becomes. */
  failure(task: EngineTask, cause: unknown): EntitableError {
    if (!EntitableError.is(cause)) this.#hasFailed = true;
    return engineError(this.#path, task, cause);
  }

  async close(): Promise<void> {
    try {
      await this.#database?.close();
    } catch (error) {
      throw engineError(this.#path, 'cannot be closed', error);
    } finally {
      this.#lock.release();
    }
  }

  #reopen(): LmdbDatabase {
    try {
      void this.#database?.close(); // at once: nothing is in progress
      this.#database = undefined;
      this.#database = this.#open();
      this.#hasFailed = false;
      return this.#database;
    } catch (error) {
      throw engineError(this.#path, 'cannot be opened', error);
    }
  }
}
