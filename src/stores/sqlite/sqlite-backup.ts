import { chmodSync, closeSync, openSync } from 'node:fs';
import type { Deadline } from '../../async/deadline.js';
import { copyBeside } from '../embedded/disk/copy-beside.js';
import { syncFile } from '../embedded/disk/private-files.js';
import { sqliteError } from './sqlite-error.js';
import { loadSqlite, type SqliteDatabase } from './sqlite-driver.js';

/** More pages than a file can have: a copy of several steps would begin anew whenever somebody writes between two. */
const ALL_PAGES = 2 ** 31 - 1;

/**
 * Copies the file of a store, as it is at one moment between two transactions, while others read and write. SQLite copies in a thread of
 * its own, from a connection of its own.
 *
 * @param fileMode - The permissions of the copy.
 */
export async function backupFile(path: string, to: string, fileMode: number, deadline: Deadline): Promise<void> {
  const { DatabaseSync, backup } = await loadSqlite();
  try {
    await copyBeside(to, fileMode, deadline, async (beside) => {
      closeSync(openSync(beside, 'wx', fileMode));
      chmodSync(beside, fileMode); // whatever the umask
      const source = new DatabaseSync(path, { readOnly: true });
      try {
        await backup(source, beside, { rate: ALL_PAGES });
      } finally {
        source.close();
      }
      makeOneFile(new DatabaseSync(beside));
      await syncFile(beside);
    });
  } catch (error) {
    throw sqliteError(path, 'cannot be copied', error);
  }
}

/** A copy is complete without a log beside it; opened as a store, it has one again. */
function makeOneFile(copy: SqliteDatabase): void {
  try {
    copy.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = DELETE'); // it is synced as a whole
  } finally {
    copy.close();
  }
}
