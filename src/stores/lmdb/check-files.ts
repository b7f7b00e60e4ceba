import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { incompatibleFormat } from '../embedded/incompatible-format.js';

const DATA_FILE = 'data.mdb';
const MAGIC = 0xbeefc0de;
const VERSION = 2;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;

/** Where a meta page, two of which begin a file, says what: magic, version, page size, the roots of its trees, its transaction. */
const AT = Object.freeze({
  magic: 24,
  version: 28,
  pageSize: 48,
  freeRoot: 88,
  mainRoot: 136,
  transaction: 152,
  end: 160,
});

/**
 * Refuses a data file that is no LMDB file or was cut short. LMDB maps files into memory and believes them: without this check it would
 * end the process.
 */
export function checkFiles(path: string): void {
  const file = join(path, DATA_FILE);
  if (sizeOf(file) === 0) return;
  const first = readMeta(file, 0);
  const pageSize = first?.readUInt32LE(AT.pageSize) ?? 0;
  const second = readMeta(file, pageSize);
  if (first === undefined || second === undefined) {
    throw incompatibleFormat(path, 'they are no store of this library, or damaged');
  }
  // Only now: another process may be writing, and pages are there before the meta page that names them.
  const size = sizeOf(file);
  const newest = second.readBigUInt64LE(AT.transaction) > first.readBigUInt64LE(AT.transaction) ? second : first;
  for (const at of [AT.freeRoot, AT.mainRoot]) {
    const root = newest.readBigUInt64LE(at);
    if (root !== NO_PAGE && (root + 1n) * BigInt(pageSize) > size)
      throw incompatibleFormat(path, 'they were cut short');
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** A meta page, or `undefined` when there is none. */
function readMeta(file: string, position: number): Buffer | undefined {
  const bytes = Buffer.alloc(AT.end);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, bytes, 0, AT.end, position);
  } finally {
    closeSync(descriptor);
  }
  return bytes.readUInt32LE(AT.magic) === MAGIC && bytes.readUInt32LE(AT.version) === VERSION ? bytes : undefined;
}
