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
/** The data file of a new store while it is made. */
const NEW_FILE = 'new.mdb';
/** Bytes of LMDB's own lock file: as many as it asks for on any platform, or more. */
const LMDB_LOCK_BYTES = 32 * 1024;
/** Bytes that LMDB writes to a new data file, or more. */
const FIRST_BYTES = 32 * 1024;
/** Bytes that the disk must have room for before a transaction. It may end the process when LMDB itself finds that there is none. */
const ROOM = 1024 * 1024;
/** What `stat` counts blocks in. */
const BLOCK_BYTES = 512;

/** Opens LMDB's files: those in a directory, or the one with this name and its lock file. Gives what closes them. */
export type OpenFiles<T> = (path: string, isFile: boolean) => T & { close(): Promise<void> };

/**
 * The files of a store. LMDB goes on with those that it has opened when their names are gone: what it wrote then would be lost with its
 * process, and others that found a new lock would not know of those that hold the old one.
 */
export class StoreFiles {
  readonly #path: string;
  readonly #names: readonly string[];
  #opened: readonly (string | undefined)[] | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#names = [DATA_FILE, 'lock.mdb', LOCK_FILE].map((name) => join(path, name));
  }

  /** Whether those that were opened are still there, and no others in their place. */
  get areOpened(): boolean {
    return this.#names.every((name, index) => identityOf(name) === this.#opened?.[index]);
  }

  /** Lets LMDB open the files, which are made where they are missing, with this mode, and checked: what LMDB cannot use can end the process. */
  open<T>(fileMode: number, open: OpenFiles<T>): T {
    if (this.#opened !== undefined) this.checkOpened();
    const [data, lock] = this.#names as [string, string];
    this.#removeNew(); // one who was killed may have left it
    if (sizeOf(data) === 0) this.#make(data, fileMode, open);
    checkDataFile(this.#path, data);
    fillLock(lock, fileMode);
    const opened = open(this.#path, false);
    this.#opened = this.#names.map(identityOf);
    return opened;
  }

  /** Throws `store.unavailable` when others or none are in the place of those that were opened: what is written to these would be lost. */
  checkOpened(): void {
    if (this.areOpened) return;
    throw new EntitableError(
      'store.unavailable',
      `The files of the store in ${this.#path} were removed or replaced while they were in use; nothing can be written. ` +
        'Put them back, or close the data source and open it again to use what is there now.',
      {},
    );
  }

  /** Throws `store.unavailable` when the disk has no room for a transaction. */
  checkRoom(): void {
    const { blocks, bavail, bsize } = statfsSync(this.#path);
    if (blocks === 0 || bavail * bsize >= ROOM) return; // some file systems do not tell
    throw new EntitableError(
      'store.unavailable',
      `The store in ${this.#path} cannot be written; nothing was: the disk is full. Make room; the store works again then.`,
      {},
    );
  }

  /** Makes a data file that is whole from the moment it has its name: one that was made by half would be no store, for good. */
  #make(data: string, fileMode: number, open: OpenFiles<unknown>): void {
    const file = join(this.#path, NEW_FILE);
    try {
      makeRoom(file, fileMode);
      fillLock(`${file}-lock`, fileMode);
      void open(file, true).close(); // at once: nothing is in progress
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

/** Makes an empty file that the disk has room for. */
function makeRoom(file: string, mode: number): void {
  const descriptor = openSync(file, 'wx', mode);
  try {
    fchmodSync(descriptor, mode); // whatever the umask
    writeAll(descriptor, Buffer.alloc(FIRST_BYTES));
    ftruncateSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Makes LMDB's lock file where it is missing, and gives it all its bytes: LMDB writes to it through memory that it maps, and where the
 * disk had no room for a page then, the process would end.
 */
function fillLock(file: string, mode: number): void {
  const descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT, mode);
  try {
    const { size, blocks } = fstatSync(descriptor);
    if (size === 0) fchmodSync(descriptor, mode); // whatever the umask
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
