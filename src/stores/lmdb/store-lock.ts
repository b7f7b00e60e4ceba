import { accessSync, chmodSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { EntitableError } from '../../errors/entitable-error.js';
import { loadSqlite, type Sqlite, type SqliteDatabase } from '../sqlite/sqlite-driver.js';
import { isBusy } from '../sqlite/sqlite-error.js';

/** The file of the lock, beside LMDB's own: an SQLite database that stays empty. */
export const LOCK_FILE = 'lock.sqlite';
/** How often a lock that another holds is asked for, and the milliseconds in between: one who closes may hold it a moment longer. */
const TRIES = 9;
const PAUSE = 25;

/**
 * The right to have a store open, which one thread of one process has at a time. LMDB itself would let several in, but loses committed
 * transactions when one opens the files while another writes. SQLite's lock is one of the operating system, which takes it back from a
 * process that has ended in whatever way; and it is kept between threads as well.
 */
export class StoreLock {
  /** Takes the lock of the store in a directory. Throws `store.in-use` when another has it, and SQLite's own errors. */
  static async take(path: string, fileMode: number): Promise<StoreLock> {
    const sqlite = await loadSqlite();
    for (let tries = 1; ; tries++) {
      try {
        return new StoreLock(lockedDatabase(sqlite, join(path, LOCK_FILE), fileMode));
      } catch (error) {
        if (!isBusy(error)) throw error;
      }
      if (tries === TRIES) throw inUse(path);
      await setTimeout(PAUSE * (0.5 + Math.random())); // two that ask at the same moment are not to meet again and again
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

/** The file is opened by SQLite alone: closing it anywhere else in this process would take the lock away from another thread. */
function lockedDatabase({ DatabaseSync }: Sqlite, file: string, fileMode: number): SqliteDatabase {
  const isNew = !existsSync(file);
  const database = new DatabaseSync(file);
  try {
    if (isNew) chmodSync(file, fileMode);
    accessSync(file, constants.R_OK | constants.W_OK); // SQLite shares a file that it may only read
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
