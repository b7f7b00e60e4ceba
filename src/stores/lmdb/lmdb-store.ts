import { STORAGE_LIMITS, type ServiceLimits } from '../../store/limits.js';
import type { TableStore } from '../../store/table-store.js';
import { EmbeddedStore } from '../embedded/embedded-store.js';
import type { Durability } from '../embedded/ordered-rows.js';
import { withinKeys } from '../embedded/within-keys.js';
import { LmdbRows } from './lmdb-rows.js';
import { checkFormat } from '../embedded/store-format.js';

/** Only the user of this process reads and writes. */
const FILE_MODE = 0o600;

/** How a store on disk is opened. */
export interface LmdbStoreOptions {
  /** What the store refuses; Azure Table Storage's limits by default. Keys are never longer than the service's own. */
  readonly limits?: ServiceLimits | undefined;
  /** Milliseconds since 1970, for timestamps; the system's clock by default. */
  readonly clock?: (() => number) | undefined;
  /**
   * What an acknowledged write survives. `full`, the default: the end of the process, of the system and of power. `relaxed`: the same, but
   * the loss of power may undo the last transaction; the store stays whole, and a write alone takes about half as long.
   */
  readonly durability?: Durability | undefined;
  /** The mode of files that are made, `0o600` by default: nobody but the user of this process reads them. `0o640` lets a group read. */
  readonly fileMode?: number | undefined;
}

/**
 * A store in a directory of this machine, made where it is missing: for the fastest point reads, on a disk that is trusted. One thread of one
 * process has it open at a time; its data sources share it. Needs the optional package `lmdb`, and SQLite for its lock: that of Node.js
 * or the optional package `@photostructure/sqlite`. Not for network file systems; copy it only while it is closed.
 *
 * Throws `store.in-use` where another process or thread has it open, or this one with another durability; `store.package-missing`;
 * `store.unavailable` where the directory cannot be used; and `store.incompatible-format`.
 */
export async function lmdbStore(
  path: string,
  { limits = STORAGE_LIMITS, clock, durability = 'full', fileMode = FILE_MODE }: LmdbStoreOptions = {},
): Promise<TableStore> {
  const rows = await LmdbRows.open(path, { durability, fileMode });
  try {
    await checkFormat(rows, path, limits.tableNamesIgnoreCase, () => !rows.isEmpty());
  } catch (error) {
    await rows.close();
    throw error;
  }
  return new EmbeddedStore(rows, {
    kind: 'lmdb',
    identity: `lmdb:${rows.directory}`,
    limits: withinKeys(limits),
    clock,
  });
}
