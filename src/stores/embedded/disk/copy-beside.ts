import { randomUUID } from 'node:crypto';
import { link, lstat, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { EntitableError } from '../../../errors/entitable-error.js';
import type { Deadline } from '../../../async/deadline.js';
import { makeFolder, syncFolder } from './private-files.js';

/** What SQLite may leave beside a file when it fails. */
const COMPANIONS = ['', '-journal', '-wal', '-shm'];

/**
 * Makes the copy of a store beside its place, and puts it there once it is whole and on the disk: who finds the copy finds all of it.
 * Nothing is there when it fails, or when the deadline ends before it. Throws `store.already-exists` where something is there already.
 *
 * @param to - The place, which need not have a folder yet.
 * @param fileMode - The permissions of files, for the folder.
 * @param copy - Makes the copy, a file or a folder, under the name that it is given.
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

/** A second name takes nothing's place, as a new name of a file might; folders, and some file systems, have only one. */
async function place(beside: string, target: string): Promise<void> {
  try {
    await link(beside, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw taken(target);
    await checkFree(target);
    await rename(beside, target).catch(async (cause: unknown) => {
      await checkFree(target); // somebody was quicker
      throw cause;
    });
  }
}

/** What belongs to a file that is no more would be taken for the copy's. */
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
