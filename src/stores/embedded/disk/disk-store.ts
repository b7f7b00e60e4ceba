import { STORAGE_LIMITS, type ServiceLimits } from '../../../store/limits.js';
import type { Deadline } from '../../../async/deadline.js';
import type { TableStore } from '../../../store/table-store.js';
import { EmbeddedStore } from '../embedded-store.js';
import type { OrderedRows } from '../ordered-rows.js';
import { checkFormat } from './store-format.js';

/** How much an acknowledged write survives: `full`, the loss of power; `relaxed`, the end of the process. */
export type Durability = 'full' | 'relaxed';

/** Who has the files may read and write them, and nobody else. */
const FILE_MODE = 0o600;

/** How a store on disk is opened. */
export interface DiskStoreOptions {
  /** What the store refuses; Azure Table Storage's limits by default. Keys are never longer than the service's own. */
  readonly limits?: ServiceLimits | undefined;
  /** Milliseconds since 1970, for timestamps; the system's clock by default. */
  readonly clock?: (() => number) | undefined;
  /**
   * What an acknowledged write survives. `full`, the default: the end of the process, of the system and of power. `relaxed`: the same, but
   * the loss of power may undo the last transactions; the store stays whole, and a write alone takes less time.
   */
  readonly durability?: Durability | undefined;
  /** The mode of the files that are made, by default `0o600`; folders that are made get the rights to be searched as well. */
  readonly fileMode?: number | undefined;
}

/** How the files of a store are opened. */
export interface DiskSettings {
  readonly durability: Durability;
  /** The mode of files that are made. */
  readonly fileMode: number;
}

/** Ordered rows on disk. */
export interface DiskRows extends OrderedRows {
  /** Where the store is, whatever it was called. */
  readonly path: string;
}

/**
 * Opens a store on disk, whose files `open` opens. `isForeign` says of rows without a mark of this library whether another program wrote
 * them.
 */
export async function diskStore<R extends DiskRows>(
  kind: string,
  path: string,
  { limits = STORAGE_LIMITS, clock, durability = 'full', fileMode = FILE_MODE }: DiskStoreOptions,
  open: (settings: DiskSettings) => Promise<R>,
  isForeign: (rows: R) => boolean,
  deadline?: Deadline,
): Promise<TableStore> {
  const rows = await open({ durability, fileMode });
  try {
    await checkFormat(rows, path, limits.tableNamesIgnoreCase, () => isForeign(rows), deadline);
  } catch (error) {
    await rows.close();
    throw error;
  }
  return new EmbeddedStore(rows, { kind, identity: `${kind}:${rows.path}`, limits: withinKeys(limits), clock });
}

/** Keys of the store's own form have room for the service's longest, and no more. */
function withinKeys(limits: ServiceLimits): ServiceLimits {
  const { partition, row, encoding } = limits.keyBytes;
  const { partition: longest } = STORAGE_LIMITS.keyBytes;
  if (partition <= longest && row <= longest) return limits;
  return Object.freeze({
    ...limits,
    keyBytes: { partition: Math.min(partition, longest), row: Math.min(row, longest), encoding },
  });
}
