import { EntitableError } from '../../errors/entitable-error.js';
import type { Durability } from '../embedded/disk/disk-store.js';
import type { ByteSlice } from '../embedded/ordered-rows.js';
import { writeKey, type TableKey } from '../embedded/key-bytes.js';

/** The bytes of a value, in a buffer that the `lmdb` package owns. */
export interface BorrowedBytes extends Buffer {
  /** True if this is the buffer that the package reuses for every read, which is longer than the value. */
  readonly isGlobal?: boolean;
}

/** The part of a database of the `lmdb` package that the store uses. */
export interface LmdbDatabase {
  /**
   * Returns a value that must be copied at once: it is in a buffer that the next read overwrites, or in the
   * memory-mapped file.
   */
  getBinaryFast(key: TableKey): BorrowedBytes | undefined;
  /** Size in bytes of the value that was read last. */
  readonly lastSize: number;
  getRange(options: { readonly start: TableKey; readonly end: TableKey }): Iterable<unknown>;
  put(key: TableKey, value: ByteSlice): unknown;
  remove(key: TableKey): unknown;
  transactionSync<T>(action: () => T, flags: number): T;
  /** Copies a snapshot of the environment to an existing folder, in a thread of its own. */
  backup(path: string, compact: boolean): Promise<void>;
  close(): Promise<void>;
}

/** The current entry of the cursor that moved last, in buffers that the package reuses for the next entry. */
export interface CursorEntry {
  key: Uint8Array;
  keyStart: number;
  keyEnd: number;
  bytes: Buffer;
  size: number;
}

/**
 * Size in bytes of LMDB's pages, which limits the size of keys. The longest encoded key that the service accepts has
 * 3,077 bytes, which is too long for pages of 4,096 bytes.
 */
const PAGE_BYTES = 8192;

/** Settings for opening an LMDB environment, and the object that receives each entry that is read from it. */
export interface DatabaseSettings {
  readonly durability: Durability;
  readonly current: CursorEntry;
}

const DURABILITY = {
  full: { overlappingSync: false },
  relaxed: { overlappingSync: false, noMetaSync: true },
} as const satisfies Record<Durability, object>;

/** The part of the `lmdb` package that the store uses. */
export interface Lmdb {
  open(options: object): unknown;
}

/**
 * Opens an LMDB environment, which is a data file with its lock file: the one in a directory, or, with `noSubdir`, the
 * data file `path` itself. Every read stores in `current` the position at which the package's own buffers contain the
 * entry, so that nothing is decoded before a reader needs it.
 */
export function openDatabase(
  lmdb: Lmdb,
  path: string,
  noSubdir: boolean,
  { durability, current }: DatabaseSettings,
): LmdbDatabase {
  const options: object = {
    path,
    noSubdir,
    pageSize: PAGE_BYTES,
    ...DURABILITY[durability],
    encoder: {
      encode: placedBytes,
      decode: (bytes: Buffer, size: number) => {
        current.bytes = bytes;
        current.size = size;
      },
    },
    keyEncoder: {
      writeKey,
      readKey: (source: Uint8Array, start: number, end: number) => {
        current.key = source;
        current.keyStart = start;
        current.keyEnd = end;
      },
    },
  };
  return lmdb.open(options) as LmdbDatabase;
}

/**
 * A buffer with two properties that delimit a value in it. Encoders for the `lmdb` package may return such a buffer,
 * and reuse it, instead of creating a view for each value.
 */
interface PlacedBuffer extends Buffer {
  start?: number;
  end?: number;
}

/**
 * Returns the bytes of a row in the form that the `lmdb` package expects from an encoder. The package counts `start`
 * and `end` from the beginning of the underlying `ArrayBuffer`, so that a buffer whose own offset in it is not 0 needs
 * a new view.
 */
function placedBytes({ bytes, start, end }: ByteSlice): PlacedBuffer {
  if (bytes.byteOffset > 0 || start === end) return bytes.subarray(start, end);
  const placed: PlacedBuffer = bytes;
  placed.start = start;
  placed.end = end;
  return placed;
}

/** Loads the `lmdb` package. Throws `store.package-missing` if it is not installed. */
export async function loadLmdb(): Promise<Lmdb> {
  try {
    return await import('lmdb');
  } catch (cause) {
    throw new EntitableError(
      'store.package-missing',
      'The lmdb store needs the optional package "lmdb", which is not installed or does not run here. Install it: npm install lmdb',
      { package: 'lmdb' },
      { cause },
    );
  }
}
