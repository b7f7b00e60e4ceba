import { chmodSync, closeSync, openSync } from 'node:fs';
import type { Deadline } from '../../async/deadline.js';
import { copyBeside } from '../embedded/disk/copy-beside.js';
import { syncFile } from '../embedded/disk/private-files.js';
import { sqliteError } from './sqlite-error.js';
import { loadSqlite, type SqliteDatabase } from './sqlite-driver.js';

/**
 * Number of pages to copy in one step: more than a file can have, so that one step copies all. With several steps,
 * other connections could write between them, and SQLite would restart the copy.
 */
const ALL_PAGES = 2 ** 31 - 1;

/**
 * Copies a snapshot of the file of a store while other connections read and write. SQLite copies in its own thread,
 * from a separate connection.
 *
 * @param fileMode - The mode (permissions) of the copy.
 */
export async function backupFile(path: string, to: string, fileMode: number, deadline: Deadline): Promise<void> {
  const { DatabaseSync, backup } = await loadSqlite();
  try {
    await copyBeside(to, fileMode, deadline, async (beside) => {
      closeSync(openSync(beside, 'wx', fileMode));
      chmodSync(beside, fileMode); // independent of the umask
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

/**
 * Switches the copy from a write-ahead log to a rollback journal, so that it is complete as a single file. Opening the
 * copy as a store switches it back.
 */
function makeOneFile(copy: SqliteDatabase): void {
  try {
    copy.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = DELETE'); // backupFile then syncs the whole file
  } finally {
    copy.close();
  }
}
