import { mkdirSync } from 'node:fs';
import { EntitableError } from '../../errors/entitable-error.js';
import type { RowPlace } from '../embedded/ordered-rows.js';
import { checkFiles } from './check-files.js';
import { engineError } from './engine-error.js';
import { StoreFiles } from './store-files.js';
import { writeKey, type TableKey } from '../embedded/key-bytes.js';

/** How much an acknowledged write survives: `full`, the loss of power; `relaxed`, the end of the process. */
export type Durability = 'full' | 'relaxed';

/** A value as the package lends it. */
export interface LentBytes extends Buffer {
  /** Whether it is the buffer that is used again: longer than the value. */
  readonly isGlobal?: boolean;
}

/** As much of a database of the `lmdb` package as the store uses. */
export interface LmdbDatabase {
  /** A value in a buffer that the next read uses again, or in the mapped file: to be copied at once. */
  getBinaryFast(key: TableKey): LentBytes | undefined;
  /** Bytes of the value that was read last. */
  readonly lastSize: number;
  getRange(options: { readonly start: TableKey; readonly end: TableKey }): Iterable<unknown>;
  put(key: TableKey, value: RowPlace): unknown;
  remove(key: TableKey): unknown;
  transactionSync<T>(action: () => T, flags: number): T;
  /** Lets go of the snapshot that reads share: the next read takes the newest. */
  resetReadTxn(): void;
  readerCheck(): number;
  close(): Promise<void>;
}

/** What the cursor that was moved last stands on, in buffers that the package uses again for the next one. */
export interface CursorRow {
  key: Uint8Array;
  keyStart: number;
  keyEnd: number;
  bytes: Buffer;
  size: number;
}

/** The longest key the service takes has 3,077 bytes, which pages of 4,096 bytes could not hold. */
const PAGE_BYTES = 8192;

const DURABILITY = {
  full: { overlappingSync: false },
  relaxed: { overlappingSync: false, noMetaSync: true },
} as const satisfies Record<Durability, object>;

/**
 * Loads the package and gives what opens the environment in a directory, which is made where it is missing. It may be called again once
 * what it gave was closed; `files` are those that it opened.
 */
export async function databaseOpener(
  path: string,
  durability: Durability,
  current: CursorRow,
): Promise<{ readonly open: () => LmdbDatabase; readonly files: StoreFiles }> {
  const { open } = await importLmdb();
  const options: object = {
    path,
    noSubdir: false,
    pageSize: PAGE_BYTES,
    ...DURABILITY[durability],
    // Rows and keys are left where they lie in the package's own buffers: nothing is made of them before a reader wants it.
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
  const files = new StoreFiles(path);
  const openDatabase = (): LmdbDatabase => {
    try {
      files.check();
      mkdirSync(path, { recursive: true });
      checkFiles(path);
      const database: unknown = open({ ...options } as Parameters<typeof open>[0]);
      files.remember();
      return database as LmdbDatabase;
    } catch (error) {
      throw engineError(path, 'cannot be opened', error);
    }
  };
  return { open: openDatabase, files };
}

/** Where in a buffer a value lies, as the package is told by encoders that use theirs again: with no view for each value. */
interface PlacedBuffer extends Buffer {
  start?: number;
  end?: number;
}

/** The bytes of a row for the package, which counts places from where the memory of a buffer begins. */
function placedBytes({ bytes, start, end }: RowPlace): PlacedBuffer {
  if (bytes.byteOffset > 0 || start === end) return bytes.subarray(start, end);
  const placed: PlacedBuffer = bytes;
  placed.start = start;
  placed.end = end;
  return placed;
}

async function importLmdb(): Promise<typeof import('lmdb')> {
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
