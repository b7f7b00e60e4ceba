import { STORAGE_LIMITS, type ServiceLimits } from '../../store/limits.js';
import type { TableStore } from '../../store/table-store.js';
import { EmbeddedStore } from '../embedded/embedded-store.js';
import { withinKeys } from '../embedded/within-keys.js';
import type { Durability } from '../embedded/ordered-rows.js';
import { checkFormat } from '../embedded/store-format.js';
import { sqliteError } from './sqlite-error.js';
import { SqliteRows } from './sqlite-rows.js';

/** Who has the file may read and write it, and nobody else. */
const FILE_MODE = 0o600;

/** How a store in an SQLite file is opened. */
export interface SqliteStoreOptions {
  /** What the store refuses; Azure Table Storage's limits by default. Keys are never longer than the service's own. */
  readonly limits?: ServiceLimits | undefined;
  /** Milliseconds since 1970, for timestamps; the system's clock by default. */
  readonly clock?: (() => number) | undefined;
  /**
   * What an acknowledged write survives. `full`, the default: the end of the process, of the system and of power. `relaxed`: the same, but
   * the loss of power may undo the last transactions; the store stays whole, and a write alone takes less time.
   */
  readonly durability?: Durability | undefined;
  /** The mode of the files that are made, by default 0o600; folders that are made get the rights to be searched as well. */
  readonly fileMode?: number | undefined;
}

/**
 * A store in one file of this machine, made where it is missing, beside it two of SQLite's while it is open. Any number of processes,
 * threads and containers of one machine may have it open at once. Not for network file systems. Needs SQLite, of Node.js 22.13 or later or
 * of the optional package `@photostructure/sqlite`.
 *
 * Throws `store.package-missing`, `store.unavailable` where the file cannot be used, `store.incompatible-format`, and `store.damaged`.
 */
export async function sqliteStore(
  path: string,
  { limits = STORAGE_LIMITS, clock, durability = 'full', fileMode = FILE_MODE }: SqliteStoreOptions = {},
): Promise<TableStore> {
  const rows = await SqliteRows.open(path, { durability, fileMode });
  try {
    await checkFormat(rows, path, limits.tableNamesIgnoreCase, () => false);
  } catch (error) {
    await rows.close();
    throw sqliteError(path, 'cannot be opened', error);
  }
  return new EmbeddedStore(rows, {
    kind: 'sqlite',
    identity: `sqlite:${rows.path}`,
    limits: withinKeys(limits),
    clock,
  });
}
