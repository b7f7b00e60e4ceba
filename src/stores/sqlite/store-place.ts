import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { incompatibleFormat } from '../embedded/disk/store-format.js';
import { identityOf, makeFolder, syncPath } from '../embedded/disk/private-files.js';
import { makeStore } from './connection.js';
import type { Sqlite } from './sqlite-driver.js';

/** Suffix of the temporary name of a file that is not complete yet. */
const PARTIAL = '.partial';
/** Suffixes of the files that SQLite creates next to a database. */
const COMPANION = /-(?:wal|shm|journal)$/i;
/** Maximum number of symbolic links to follow. */
const MOST_LINKS = 40;

/**
 * Returns the real path of a store's file, and creates the file if there is none. Throws `store.incompatible-format` if
 * the path cannot be that of a store, and leaves any file there unchanged.
 */
export function placeOfStore(sqlite: Sqlite, path: string, mode: number): string {
  if (COMPANION.test(path)) throw incompatibleFormat(path, 'SQLite gives such names to the files beside its own');
  const place = resolveLinks(path);
  if (lstatSync(place, { throwIfNoEntry: false }) === undefined) makeFile(sqlite, place, mode);
  checkFile(place);
  return realpathSync(place);
}

/** Resolves symbolic links, even if their target does not exist. */
function resolveLinks(path: string): string {
  let place = path;
  for (let links = 0; links < MOST_LINKS; links++) {
    if (lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return place;
    place = resolve(dirname(place), readlinkSync(place));
  }
  return place;
}

/**
 * Creates a store under a temporary name, and gives it its final name once it is complete and closed. Therefore no
 * other process ever opens an incomplete store. Closing the file here releases all locks that the process holds on it,
 * which is harmless because no other thread can have locked the file under its temporary name.
 */
function makeFile(sqlite: Sqlite, path: string, mode: number): void {
  checkLog(path);
  const folder = dirname(path);
  makeFolder(folder, mode);
  const unnamed = `${path}.${randomUUID()}${PARTIAL}`;
  try {
    closeSync(openSync(unnamed, 'wx', mode));
    chmodSync(unnamed, mode); // independent of the umask
    makeStore(sqlite, unnamed);
    giveName(unnamed, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // otherwise another process created it
  } finally {
    rmSync(unnamed, { force: true });
  }
  syncPath(folder);
}

function giveName(unnamed: string, path: string): void {
  try {
    linkSync(unnamed, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    copyFileSync(unnamed, path, constants.COPYFILE_EXCL); // for a file system without hard links
  }
}

/**
 * Throws `store.incompatible-format` for a write-ahead log without its file. The log contains the last writes of a
 * store that somebody moved or deleted, and creating a new store would destroy them.
 */
function checkLog(path: string): void {
  const log = `${path}-wal`;
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) === 0) return;
  throw incompatibleFormat(
    path,
    `the log of a store, ${log}, is there without its file. Put the file back, or delete the log where what it holds is not wanted`,
  );
}

function checkFile(path: string): void {
  const found = statSync(path);
  if (!found.isFile()) {
    const inFolder = found.isDirectory() ? `: name one in the folder, such as ${join(path, 'data.db')}` : '';
    throw incompatibleFormat(path, `it is no file${inFolder}`);
  }
  if (found.size === 0) throw incompatibleFormat(path, 'it is empty. Delete it, and a new store is made there');
  if (found.nlink > 1 && linksLeft(path) > 1) {
    throw incompatibleFormat(
      path,
      'the file has several names (hard links), and under each of them it would have a log of its own, of which the others know nothing',
    );
  }
  if (isMounted(path)) {
    throw incompatibleFormat(
      path,
      'the file is mounted by itself, and whoever uses it by another name has a log of its own. Mount its folder instead',
    );
  }
}

/**
 * Returns the number of hard links to a file, after removing links under a temporary name, which a process may have
 * left if it was killed while it created the store.
 */
function linksLeft(path: string): number {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(path)}.`) || !name.endsWith(PARTIAL)) continue;
    const partial = join(folder, name);
    if (identityOf(partial) === identityOf(path)) rmSync(partial, { force: true });
  }
  return statSync(path).nlink;
}

/**
 * Returns whether a file itself is a mount point, e.g. in a container. Always `false` on systems other than Linux,
 * since only Linux provides this information.
 */
function isMounted(path: string): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const real = realpathSync(path);
    return readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .some((line) => unescaped(line.split(' ')[4] ?? '') === real);
  } catch {
    return false; // a system without /proc
  }
}

/** Decodes a path in `mountinfo`, in which white space and backslashes are octal escapes. */
function unescaped(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
