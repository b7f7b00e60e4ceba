import type { Deadline } from '../../async/deadline.js';
import type { TableStore } from '../../store/table-store.js';
import { diskStore, type DiskStoreOptions } from '../embedded/disk/disk-store.js';
import { SqliteRows } from './sqlite-rows.js';

/**
 * A store in one file of this machine, made where it is missing, beside it two of SQLite's while it is open. Any number of processes,
 * threads and containers of one machine may have it open at once. Not for network file systems. Needs SQLite, of Node.js 22.13 or later or
 * of the optional package `@photostructure/sqlite`.
 *
 * Throws `store.package-missing`, `store.unavailable` where the file cannot be used, `store.incompatible-format`, and `store.damaged`.
 */
export function sqliteStore(path: string, options: DiskStoreOptions = {}, deadline?: Deadline): Promise<TableStore> {
  const isForeign = (): boolean => false; // opening the file has told already
  return diskStore(
    'sqlite',
    path,
    options,
    (settings) => SqliteRows.open(path, settings, deadline),
    isForeign,
    deadline,
  );
}
