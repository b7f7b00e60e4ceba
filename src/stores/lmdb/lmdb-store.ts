import { realpathSync } from 'node:fs';
import { STORAGE_LIMITS, type ServiceLimits } from '../../store/limits.js';
import type { TableStore } from '../../store/table-store.js';
import { EmbeddedStore } from '../embedded/embedded-store.js';
import { withinKeys } from '../embedded/within-keys.js';
import { engineError } from './engine-error.js';
import type { Durability } from './lmdb-database.js';
import { LmdbRows } from './lmdb-rows.js';
import { checkFormat } from '../embedded/store-format.js';

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
}

/**
 * A store in a directory of this machine, made where it is missing. Several processes may open it at once. Needs the optional package
 * `lmdb`. Not for network file systems; copy it only while it is closed.
 *
 * Throws `store.package-missing`, `store.unavailable` where the directory cannot be used, and `store.incompatible-format`.
 */
export async function lmdbStore(
  path: string,
  { limits = STORAGE_LIMITS, clock, durability = 'full' }: LmdbStoreOptions = {},
): Promise<TableStore> {
  const rows = await LmdbRows.open(path, durability);
  let directory: string;
  try {
    await checkFormat(rows, path, limits.tableNamesIgnoreCase, () => !rows.isEmpty());
    directory = realpathSync(path);
  } catch (error) {
    await rows.close();
    throw engineError(path, 'cannot be opened', error);
  }
  return new EmbeddedStore(rows, {
    kind: 'lmdb',
    identity: `lmdb:${directory}`,
    limits: withinKeys(limits),
    clock,
  });
}
