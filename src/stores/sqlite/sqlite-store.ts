import type { Deadline } from '../../async/deadline.js';
import type { TableStore } from '../../store/table-store.js';
import { diskStore, type DiskStoreOptions } from '../embedded/disk/disk-store.js';
import { SqliteRows } from './sqlite-rows.js';

/**
 * Opens a store in one file on a local disk, which is created if it is missing. SQLite keeps two more files next to it
 * while the store is open. Any number of processes, threads and containers of one machine may have the store open at
 * once. Do not use it on network file systems. The store needs SQLite 3.51.3 or later, either built into Node.js or
 * from the optional package `@photostructure/sqlite`.
 *
 * Throws `store.package-missing`, `store.unavailable` if the file cannot be used, `store.incompatible-format`, and
 * `store.damaged`.
 */
export function sqliteStore(path: string, options: DiskStoreOptions = {}, deadline?: Deadline): Promise<TableStore> {
  const isForeign = (): boolean => false; // SqliteRows.open has already rejected the files of other programs
  return diskStore(
    'sqlite',
    path,
    options,
    (settings) => SqliteRows.open(path, settings, deadline),
    isForeign,
    deadline,
  );
}
