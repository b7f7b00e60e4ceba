import type { TableStore } from '../../store/table-store.js';
import { diskStore, type DiskStoreOptions } from '../embedded/disk/disk-store.js';
import { LmdbRows } from './lmdb-rows.js';

/**
 * A store in a directory of this machine, made where it is missing: for the fastest point reads, on a disk that is trusted. One thread of one
 * process has it open at a time; its data sources share it. Needs the optional package `lmdb`, and SQLite for its lock: that of Node.js
 * or the optional package `@photostructure/sqlite`. Not for network file systems; copy it only while it is closed.
 *
 * Throws `store.in-use` where another process or thread has it open, or this one with another durability; `store.package-missing`;
 * `store.unavailable` where the directory cannot be used; and `store.incompatible-format`.
 */
export function lmdbStore(path: string, options: DiskStoreOptions = {}): Promise<TableStore> {
  const isForeign = (rows: LmdbRows): boolean => !rows.isEmpty();
  return diskStore('lmdb', path, options, (settings) => LmdbRows.open(path, settings), isForeign);
}
