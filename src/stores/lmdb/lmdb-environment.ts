import { EntitableError } from '../../errors/entitable-error.js';
import type { DiskSettings } from '../embedded/disk/disk-store.js';
import { engineError, type EngineTask } from './engine-error.js';
import { loadLmdb, openDatabase, type CursorEntry, type LmdbDatabase } from './lmdb-database.js';
import { StoreFiles } from './store-files.js';
import { StoreLock } from './store-lock.js';

/**
 * The LMDB environment of a store (its data file and lock file, opened by LMDB), with the store lock that must be held
 * to open it. After a failure LMDB may reject every operation until the environment is closed, even if the disk has
 * recovered. Therefore the next operation after a failure reopens it.
 */
export class LmdbEnvironment {
  /** Opens the environment of a store. Throws `store.in-use` if another process or thread has it open. */
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
  /** The entry that was read last. */
  readonly current: CursorEntry;
  /** Number of scans, backups and transactions in progress. The database is not reopened while there are any. */
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

  /**
   * The open database. Do not hold on to it, since the next access may reopen it. Throws `store.unavailable` if it has
   * failed and cannot be reopened.
   */
  get database(): LmdbDatabase {
    const database = this.#database;
    return database === undefined || (this.#hasFailed && this.busy === 0) ? this.#reopen() : database;
  }

  /** Converts a failure to an `EntitableError`, and makes the next operation reopen the database. */
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
      void this.#database?.close(); // closes synchronously, since nothing is in progress
      this.#database = undefined;
      this.#database = this.#open();
      this.#hasFailed = false;
      return this.#database;
    } catch (error) {
      throw engineError(this.#path, 'cannot be opened', error);
    }
  }
}
