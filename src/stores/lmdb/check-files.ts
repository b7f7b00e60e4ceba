import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { incompatibleFormat } from '../embedded/disk/store-format.js';
import { hasAllPages } from './tree-pages.js';

const MAGIC = 0xbeefc0de;
const VERSION = 2;

/**
 * Offsets within a meta page of an LMDB data file: its magic number, version, page size, the roots of its two trees,
 * the number of the last page that was ever used, and its transaction ID. A data file begins with two meta pages, of
 * which the one with the higher transaction ID is valid.
 */
const AT = Object.freeze({
  magic: 24,
  version: 28,
  pageSize: 48,
  freeRoot: 88,
  mainRoot: 136,
  lastPage: 144,
  transaction: 152,
  end: 160,
});

/**
 * Throws `store.incompatible-format` for a file that is not an LMDB data file or that was truncated. LMDB maps its
 * files into memory and trusts them, so that without this check such a file would crash the process. An empty file
 * counts as new.
 *
 * An intact file may end before its last used page, because LMDB does not write pages that a transaction allocated and
 * freed again. Such a file is searched for all pages of its trees. If it contains all of them, it is extended to its
 * full length, so that the next opening skips the search.
 */
export function checkDataFile(path: string, file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    const { size } = fstatSync(descriptor);
    if (size === 0) return;
    const first = readMeta(descriptor, 0);
    const pageSize = first?.readUInt32LE(AT.pageSize) ?? 0;
    const second = readMeta(descriptor, pageSize);
    if (first === undefined || second === undefined) {
      throw incompatibleFormat(path, 'they are no store of this library, or damaged');
    }
    const newest = second.readBigUInt64LE(AT.transaction) > first.readBigUInt64LE(AT.transaction) ? second : first;
    const whole = (Number(newest.readBigUInt64LE(AT.lastPage)) + 1) * pageSize;
    if (size >= whole) return;
    const roots = [AT.freeRoot, AT.mainRoot].map((at) => newest.readBigUInt64LE(at));
    if (!hasAllPages(descriptor, size, pageSize, roots)) throw incompatibleFormat(path, 'they were cut short');
    ftruncateSync(descriptor, whole);
  } finally {
    closeSync(descriptor);
  }
}

/** Reads the meta page at a position in the file. Returns `undefined` if there is no valid one. */
function readMeta(file: number, position: number): Buffer | undefined {
  const bytes = Buffer.alloc(AT.end);
  readSync(file, bytes, 0, AT.end, position);
  return bytes.readUInt32LE(AT.magic) === MAGIC && bytes.readUInt32LE(AT.version) === VERSION ? bytes : undefined;
}
