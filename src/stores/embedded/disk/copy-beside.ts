import { randomUUID } from 'node:crypto';
import { link, lstat, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { EntitableError } from '../../../errors/entitable-error.js';
import type { Deadline } from '../../../async/deadline.js';
import { makeFolder, syncFolder } from './private-files.js';

/** Suffixes of the file itself and of the files that SQLite may leave next to it after a failure. */
const COMPANIONS = ['', '-journal', '-wal', '-shm'];

/**
 * Makes the copy of a store under a temporary name in the same folder, and renames it once it is complete and synced to
 * disk. A copy under its final name is therefore always complete. Nothing is left if the copy fails, or if the deadline
 * passes first. Throws `store.already-exists` if the target exists.
 *
 * @param to - The path of the copy. Its folder is created if necessary.
 * @param fileMode - The mode of the copied files. The mode of the folder is derived from it.
 * @param copy - Makes the copy, a file or a folder, at the path it receives.
 */
export async function copyBeside(
  to: string,
  fileMode: number,
  deadline: Deadline,
  copy: (beside: string) => Promise<void>,
): Promise<void> {
  const target = resolve(to);
  await checkFree(target);
  makeFolder(dirname(target), fileMode);
  const beside = `${target}.${randomUUID()}.partial`;
  try {
    await copy(beside);
    deadline.check();
    await place(beside, target);
    await syncFolder(dirname(target));
  } finally {
    await Promise.all(COMPANIONS.map((suffix) => rm(beside + suffix, { recursive: true, force: true })));
  }
}

/**
 * Gives the copy its final name by a hard link, which, unlike a rename, never replaces an existing file. Folders, and
 * files on some file systems, cannot be hard-linked and are renamed.
 */
async function place(beside: string, target: string): Promise<void> {
  try {
    await link(beside, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw taken(target);
    await checkFree(target);
    await rename(beside, target).catch(async (cause: unknown) => {
      await checkFree(target); // another process created the target first
      throw cause;
    });
  }
}

/**
 * Throws `store.already-exists` if the target or one of SQLite's files for it exists. SQLite would treat such a file,
 * left by an earlier database, as part of the copy.
 */
async function checkFree(target: string): Promise<void> {
  for (const suffix of COMPANIONS) {
    const found = await lstat(target + suffix).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    if (found !== undefined) throw taken(target + suffix);
  }
}

function taken(target: string): EntitableError {
  return new EntitableError(
    'store.already-exists',
    `There is something in ${target} already, and a backup replaces nothing. Give another path, or take away what is there.`,
    {},
  );
}
