import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { EntitableError } from '../../errors/entitable-error.js';
import { identityOf, syncPath } from '../embedded/disk/private-files.js';
import { checkDataFile } from './check-files.js';
import { LOCK_FILE } from './store-lock.js';

const DATA_FILE = 'data.mdb';
/** Name of the data file of a new store until it is complete. */
const NEW_FILE = 'new.mdb';
/** Minimum size in bytes of LMDB's own lock file: at least what LMDB requires on any platform. */
const LMDB_LOCK_BYTES = 32 * 1024;
/** Number of free bytes required for a new data file: at least what LMDB writes to it. */
const FIRST_BYTES = 32 * 1024;
/**
 * Number of free bytes required before each transaction. If LMDB itself runs out of space, it may crash the process.
 */
const ROOM = 1024 * 1024;
/** Size in bytes of the blocks that `stat` counts. */
const BLOCK_BYTES = 512;

/**
 * A callback that makes LMDB open its files: those in the directory `path`, or, if `isFile`, the data file `path` and
 * its lock file. The result's `close` closes them again.
 */
export type OpenFiles<T> = (path: string, isFile: boolean) => T & { close(): Promise<void> };

/**
 * The files of a store, checked before LMDB opens and writes them. LMDB keeps using files that it has opened even after
 * they were removed or replaced. Its writes would then be lost when the process ends, and processes that open the new
 * lock file would not notice the processes that still use the old one.
 */
export class StoreFiles {
  readonly #path: string;
  readonly #names: readonly string[];
  #opened: readonly (string | undefined)[] | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#names = [DATA_FILE, 'lock.mdb', LOCK_FILE].map((name) => join(path, name));
  }

  /** True if the opened files are still in place and were not replaced. */
  get areOpened(): boolean {
    return this.#names.every((name, index) => identityOf(name) === this.#opened?.[index]);
  }

  /**
   * Makes LMDB open the files. Missing files are created with the mode `fileMode`. All files are checked before LMDB
   * opens them, because a file that LMDB cannot use may crash the process.
   */
  open<T>(fileMode: number, open: OpenFiles<T>): T {
    if (this.#opened !== undefined) this.checkOpened();
    const [data, lock] = this.#names as [string, string];
    this.#removeNew(); // a process that was killed may have left this file
    if (sizeOf(data) === 0) this.#make(data, fileMode, open);
    checkDataFile(this.#path, data);
    fillLock(lock, fileMode);
    const opened = open(this.#path, false);
    this.#opened = this.#names.map(identityOf);
    return opened;
  }

  /** Throws `store.unavailable` if the opened files were removed or replaced, since writes to them would be lost. */
  checkOpened(): void {
    if (this.areOpened) return;
    throw new EntitableError(
      'store.unavailable',
      `The files of the store in ${this.#path} were removed or replaced while they were in use; nothing can be written. ` +
        'Put them back, or close the data source and open it again to use what is there now.',
      {},
    );
  }

  /** Throws `store.unavailable` if the disk has too little free space for a transaction. */
  checkRoom(): void {
    const { blocks, bavail, bsize } = statfsSync(this.#path);
    if (blocks === 0 || bavail * bsize >= ROOM) return; // some file systems report no block count
    throw new EntitableError(
      'store.unavailable',
      `The store in ${this.#path} cannot be written; nothing was: the disk is full. Make room; the store works again then.`,
      {},
    );
  }

  /**
   * Creates a complete data file under another name, then renames it. A file that was created only in part could never
   * be opened as a store.
   */
  #make(data: string, fileMode: number, open: OpenFiles<unknown>): void {
    const file = join(this.#path, NEW_FILE);
    try {
      makeRoom(file, fileMode);
      fillLock(`${file}-lock`, fileMode);
      void open(file, true).close(); // closes synchronously, since nothing is in progress
      syncPath(file);
      renameSync(file, data);
      for (const folder of [this.#path, dirname(this.#path)]) syncPath(folder);
    } finally {
      this.#removeNew();
    }
  }

  #removeNew(): void {
    for (const name of [NEW_FILE, `${NEW_FILE}-lock`]) rmSync(join(this.#path, name), { force: true });
  }
}

/** Creates an empty file, after checking that the disk has room for the first bytes that LMDB will write to it. */
function makeRoom(file: string, mode: number): void {
  const descriptor = openSync(file, 'wx', mode);
  try {
    fchmodSync(descriptor, mode); // independent of the umask
    writeAll(descriptor, Buffer.alloc(FIRST_BYTES));
    ftruncateSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Creates LMDB's lock file if it is missing, and writes all its bytes. LMDB writes to it through a memory map, which
 * would crash the process if the disk had no room for a page.
 */
function fillLock(file: string, mode: number): void {
  const descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT, mode);
  try {
    const { size, blocks } = fstatSync(descriptor);
    if (size === 0) fchmodSync(descriptor, mode); // independent of the umask
    const wanted = Math.max(size, LMDB_LOCK_BYTES);
    if (size === wanted && blocks * BLOCK_BYTES >= wanted) return;
    const bytes = Buffer.alloc(wanted);
    readSync(descriptor, bytes, 0, size, 0);
    writeAll(descriptor, bytes);
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, bytes.length - at, at);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
