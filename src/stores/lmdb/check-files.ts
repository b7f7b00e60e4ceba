import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { incompatibleFormat } from '../embedded/disk/store-format.js';
import { hasAllPages } from './tree-pages.js';

const MAGIC = 0xbeefc0de;
const VERSION = 2;

/**
 * Where a meta page, two of which begin a file, says what: magic, version, page size, the roots of its trees, the last page that was ever
 * used, its transaction.
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
 * Refuses a data file that is no LMDB file or was cut short. LMDB maps files into memory and believes them: without this check it would
 * end the process. A file without bytes is a new one.
 *
 * A file may end before the last page that it knows of, and be whole: pages that a transaction took and gave back are not written. All
 * pages are looked for then, and the file is made as long as it says, so that this is not done again.
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

/** A meta page, or `undefined` when there is none. */
function readMeta(file: number, position: number): Buffer | undefined {
  const bytes = Buffer.alloc(AT.end);
  readSync(file, bytes, 0, AT.end, position);
  return bytes.readUInt32LE(AT.magic) === MAGIC && bytes.readUInt32LE(AT.version) === VERSION ? bytes : undefined;
}
