import { EntitableError } from '../../errors/entitable-error.js';
import type { Durability } from '../embedded/disk/disk-store.js';
import type { ByteSlice } from '../embedded/ordered-rows.js';
import { writeKey, type TableKey } from '../embedded/key-bytes.js';

/** A value as the package lends it. */
export interface BorrowedBytes extends Buffer {
  /** Whether it is the buffer that is used again: longer than the value. */
  readonly isGlobal?: boolean;
}

/** As much of a database of the `lmdb` package as the store uses. */
export interface LmdbDatabase {
  /** A value in a buffer that the next read uses again, or in the mapped file: to be copied at once. */
  getBinaryFast(key: TableKey): BorrowedBytes | undefined;
  /** Bytes of the value that was read last. */
  readonly lastSize: number;
  getRange(options: { readonly start: TableKey; readonly end: TableKey }): Iterable<unknown>;
  put(key: TableKey, value: ByteSlice): unknown;
  remove(key: TableKey): unknown;
  transactionSync<T>(action: () => T, flags: number): T;
  /** Copies the environment, as it is at one moment, to a folder that is there; in a thread of its own. */
  backup(path: string, compact: boolean): Promise<void>;
  close(): Promise<void>;
}

/** What the cursor that was moved last stands on, in buffers that the package uses again for the next one. */
export interface CursorEntry {
  key: Uint8Array;
  keyStart: number;
  keyEnd: number;
  bytes: Buffer;
  size: number;
}

/** The longest key the service takes has 3,077 bytes, which pages of 4,096 bytes could not hold. */
const PAGE_BYTES = 8192;

/** How an environment is opened, and where what is read is left. */
export interface DatabaseSettings {
  readonly durability: Durability;
  readonly current: CursorEntry;
}

const DURABILITY = {
  full: { overlappingSync: false },
  relaxed: { overlappingSync: false, noMetaSync: true },
} as const satisfies Record<Durability, object>;

/** As much of the `lmdb` package as the store uses. */
export interface Lmdb {
  open(options: object): unknown;
}

/**
 * Opens an environment: the one in a directory, or one in a file of this name. What is read is left in `current`, where it lies in the
 * package's own buffers: nothing is made of it before a reader wants it.
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

/** Where in a buffer a value lies, as the package is told by encoders that use theirs again: with no view for each value. */
interface PlacedBuffer extends Buffer {
  start?: number;
  end?: number;
}

/** The bytes of a row for the package, which counts places from where the memory of a buffer begins. */
function placedBytes({ bytes, start, end }: ByteSlice): PlacedBuffer {
  if (bytes.byteOffset > 0 || start === end) return bytes.subarray(start, end);
  const placed: PlacedBuffer = bytes;
  placed.start = start;
  placed.end = end;
  return placed;
}

/** Loads the package. Throws `store.package-missing`. */
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
