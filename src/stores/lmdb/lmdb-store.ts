import type { TableStore } from '../../store/table-store.js';
import { diskStore, type DiskStoreOptions } from '../embedded/disk/disk-store.js';
import { LmdbRows } from './lmdb-rows.js';

/**
 * Opens a store in a directory of this machine, which is created if it is missing. It has the fastest point reads of
 * the stores on disk, and no checksums, so the disk must be reliable. One thread of one process can open it at a time;
 * the data sources of that thread share it. It needs the optional package `lmdb`, and SQLite for its lock: that of
 * Node.js or the optional package `@photostructure/sqlite`. Do not use it on network file systems, and copy its files
 * only while it is closed.
 *
 * Throws `store.in-use` if another process or thread has the store open, or this thread with another durability;
 * `store.package-missing`; `store.unavailable` if the directory cannot be used; and `store.incompatible-format`.
 */
export function lmdbStore(path: string, options: DiskStoreOptions = {}): Promise<TableStore> {
  const isForeign = (rows: LmdbRows): boolean => !rows.isEmpty();
  return diskStore('lmdb', path, options, (settings) => LmdbRows.open(path, settings), isForeign);
}
