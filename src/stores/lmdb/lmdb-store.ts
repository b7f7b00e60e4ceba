import type { TableStore } from '../../store/table-store.js';
import { diskStore, type DiskStoreOptions } from '../embedded/disk/disk-store.js';
import { LmdbRows } from './lmdb-rows.js';

/**
 * Opens a store in a directory on a local disk, which is created if it is missing. Of the stores on disk it has the
 * fastest point reads, but it has no checksums, so the disk must be reliable. One thread of one process can open it at
 * a time; the data sources of that thread share it. It needs the optional package `lmdb`, and SQLite for its lock,
 * either built into Node.js or from the optional package `@photostructure/sqlite`. Do not use it on network file
 * systems, and copy its files only while it is closed.
 *
 * Throws `store.in-use` if another process or thread has the store open, or if this thread has it open with a different
 * durability; `store.package-missing`; `store.unavailable` if the directory cannot be used; and
 * `store.incompatible-format`.
 */
export function lmdbStore(path: string, options: DiskStoreOptions = {}): Promise<TableStore> {
  const isForeign = (rows: LmdbRows): boolean => !rows.isEmpty();
  return diskStore('lmdb', path, options, (settings) => LmdbRows.open(path, settings), isForeign);
}
