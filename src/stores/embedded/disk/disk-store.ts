import { STORAGE_LIMITS, type ServiceLimits } from '../../../store/limits.js';
import type { Deadline } from '../../../async/deadline.js';
import type { TableStore } from '../../../store/table-store.js';
import { EmbeddedStore } from '../embedded-store.js';
import type { OrderedRows } from '../ordered-rows.js';
import { checkFormat } from './store-format.js';

/**
 * The failures that an acknowledged write survives: with `full`, even a loss of power; with `relaxed`, only the end of
 * the process.
 */
export type Durability = 'full' | 'relaxed';

/** The owner of the files may read and write them, and nobody else. */
const FILE_MODE = 0o600;

/** Options for opening a store on disk. */
export interface DiskStoreOptions {
  /**
   * The limits that the store enforces; those of Azure Table Storage by default. Keys can never be longer than those
   * that the service accepts.
   */
  readonly limits?: ServiceLimits | undefined;
  /** Returns the current time in milliseconds since 1970, for timestamps. The default is the system's clock. */
  readonly clock?: (() => number) | undefined;
  /**
   * The failures that an acknowledged write survives. `full`, the default: the end of the process, a crash of the
   * operating system and a loss of power. `relaxed`: only the end of the process. A crash of the operating system or a
   * loss of power may undo the last transactions, but the store stays intact, and single writes are faster.
   */
  readonly durability?: Durability | undefined;
  /**
   * The mode of new files, `0o600` by default. New folders get the same mode, plus the right to enter the folder for
   * everybody who may read the files.
   */
  readonly fileMode?: number | undefined;
}

/** Settings for opening the files of a store. */
export interface DiskSettings {
  readonly durability: Durability;
  /** The mode of new files. */
  readonly fileMode: number;
}

/** Ordered rows on disk. */
export interface DiskRows extends OrderedRows {
  /** The path of the store in its canonical form, which is the same for every path that leads to it. */
  readonly path: string;
}

/**
 * Opens a store on disk. `open` opens its files, and `isForeign` returns whether files without this library's format
 * record were written by another program.
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

/**
 * Returns the limits with keys no longer than those of the service, because the key format of these stores has no room
 * for longer ones.
 */
function withinKeys(limits: ServiceLimits): ServiceLimits {
  const { partition, row, encoding } = limits.keyBytes;
  const { partition: longest } = STORAGE_LIMITS.keyBytes;
  if (partition <= longest && row <= longest) return limits;
  return Object.freeze({
    ...limits,
    keyBytes: { partition: Math.min(partition, longest), row: Math.min(row, longest), encoding },
  });
}
