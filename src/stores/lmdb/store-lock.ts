import { accessSync, chmodSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { EntitableError } from '../../errors/entitable-error.js';
import { loadSqlite, type Sqlite, type SqliteDatabase } from '../sqlite/sqlite-driver.js';
import { isBusy } from '../sqlite/sqlite-error.js';

/** Name of the lock file, an SQLite database without content, next to LMDB's own files. */
export const LOCK_FILE = 'lock.sqlite';
/**
 * Number of attempts to take a lock that another process or thread holds, and the average pause between them in
 * milliseconds. The retries suffice if the holder is just closing the store.
 */
const TRIES = 9;
const PAUSE = 25;

/**
 * The exclusive right to have a store open, held by one thread of one process at a time. LMDB itself would admit
 * several processes, but it loses committed transactions if one opens the files while another writes. The lock is an
 * SQLite lock, which the operating system releases however the process ends, and which also excludes other threads of
 * the process.
 */
export class StoreLock {
  /**
   * Takes the lock of the store in a directory. Throws `store.in-use` if another process or thread holds it. Errors of
   * SQLite are thrown unchanged.
   */
  static async take(path: string, fileMode: number): Promise<StoreLock> {
    const sqlite = await loadSqlite();
    for (let tries = 1; ; tries++) {
      try {
        return new StoreLock(lockedDatabase(sqlite, join(path, LOCK_FILE), fileMode));
      } catch (error) {
        if (!isBusy(error)) throw error;
      }
      if (tries === TRIES) throw inUse(path);
      await setTimeout(PAUSE * (0.5 + Math.random())); // random, so that two callers do not collide forever
    }
  }

  readonly #database: SqliteDatabase;

  private constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  release(): void {
    this.#database.close();
  }
}

/**
 * Opens the lock file and locks it. Only SQLite may open this file: if other code of this process closed it, that would
 * release the lock of another thread.
 */
function lockedDatabase({ DatabaseSync }: Sqlite, file: string, fileMode: number): SqliteDatabase {
  const isNew = !existsSync(file);
  const database = new DatabaseSync(file);
  try {
    if (isNew) chmodSync(file, fileMode);
    accessSync(file, constants.R_OK | constants.W_OK); // SQLite takes only a shared lock on a read-only file
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function inUse(path: string): EntitableError {
  return new EntitableError(
    'store.in-use',
    `The store in ${path} is open in another process, or in another thread of this one: only one may have it open at a time. ` +
      'Close it there, or keep the data in a sqlite: store, which any number of processes may share.',
    {},
  );
}
