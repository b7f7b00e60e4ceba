import { chmodSync, closeSync, openSync } from 'node:fs';
import type { Deadline } from '../../async/deadline.js';
import { copyBeside } from '../embedded/disk/copy-beside.js';
import { syncFile } from '../embedded/disk/private-files.js';
import { sqliteError } from './sqlite-error.js';
import { loadSqlite, type SqliteDatabase } from './sqlite-driver.js';

/**
 * More pages than a file can have, so that the copy is made in one step. With several steps it would start again
 * whenever somebody writes between them.
 */
const ALL_PAGES = 2 ** 31 - 1;

/**
 * Copies a snapshot of the file of a store while others read and write. SQLite copies in its own thread, from a
 * separate connection.
 *
 * @param fileMode - The mode of the copy.
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

/** Makes the copy complete without a log file. When it is opened as a store, it gets a log again. */
function makeOneFile(copy: SqliteDatabase): void {
  try {
    copy.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = DELETE'); // the whole file is synced below
  } finally {
    copy.close();
  }
}
