import { realpathSync } from 'node:fs';
import { EntitableError } from '../../errors/entitable-error.js';
import type { DiskSettings, Durability } from '../embedded/disk/disk-store.js';
import { makeFolder } from '../embedded/disk/private-files.js';
import { engineError } from './engine-error.js';
import { LmdbEnvironment } from './lmdb-environment.js';

/** An LMDB environment that data sources of this thread share, with the number of data sources that use it. */
interface Shared {
  readonly durability: Durability;
  readonly opening: Promise<LmdbEnvironment>;
  /** The open environment; `undefined` until it is open. */
  environment: LmdbEnvironment | undefined;
  users: number;
  closing: Promise<void> | undefined;
}

/** An environment that a data source has acquired. The data source must call `release` exactly once. */
export interface AcquiredEnvironment {
  readonly environment: LmdbEnvironment;
  /** The real path of the store's directory. */
  readonly directory: string;
  /** Closes the environment unless other data sources still use it. */
  readonly release: () => Promise<void>;
}

/**
 * The open environments of this thread, by their directories. Module-level state is required here, since separate data
 * sources must find each other; an entry is removed when its environment closes.
 */
const SHARED = new Map<string, Shared>();

/**
 * Returns the environment of a store, and creates the store if it is missing. All data sources of a thread that open
 * the same directory share one environment, whatever path they use for it. Throws `store.in-use` if another process or
 * thread has the store open, or if this thread has it open with a different durability.
 */
export async function acquireEnvironment(path: string, settings: DiskSettings): Promise<AcquiredEnvironment> {
  for (;;) {
    const directory = realDirectory(path, settings.fileMode);
    const found = SHARED.get(directory);
    if (found?.closing !== undefined) {
      await found.closing.catch(() => undefined); // reported to the data source that closed it
      continue;
    }
    // If the files were removed or replaced, data sources that already use their environment keep it, and a new
    // environment is opened here.
    if (found === undefined || found.environment?.files.areOpened === false) {
      return acquire(directory, newShared(path, directory, settings));
    }
    if (found.durability !== settings.durability) throw otherDurability(path, found.durability, settings.durability);
    return acquire(directory, found);
  }
}

function realDirectory(path: string, fileMode: number): string {
  try {
    makeFolder(path, fileMode);
    return realpathSync(path);
  } catch (error) {
    throw engineError(path, 'cannot be opened', error);
  }
}

function newShared(path: string, directory: string, settings: DiskSettings): Shared {
  const opening = LmdbEnvironment.open(path, settings);
  const { durability } = settings;
  const shared: Shared = { durability, opening, environment: undefined, users: 0, closing: undefined };
  SHARED.set(directory, shared);
  return shared;
}

async function acquire(directory: string, shared: Shared): Promise<AcquiredEnvironment> {
  shared.users += 1;
  const environment = await opened(directory, shared);
  return {
    environment,
    directory,
    release: async () => {
      shared.users -= 1;
      if (shared.users > 0) return;
      shared.closing = environment.close().finally(() => forget(directory, shared));
      await shared.closing;
    },
  };
}

async function opened(directory: string, shared: Shared): Promise<LmdbEnvironment> {
  try {
    return (shared.environment = await shared.opening);
  } catch (error) {
    forget(directory, shared);
    throw error;
  }
}

function forget(directory: string, shared: Shared): void {
  if (SHARED.get(directory) === shared) SHARED.delete(directory);
}

function otherDurability(path: string, open: Durability, asked: Durability): EntitableError {
  return new EntitableError(
    'store.in-use',
    `The store in ${path} is open in this thread with the durability "${open}", and cannot be open with "${asked}" as well. ` +
      'Give both data sources the same, or close the one that is open.',
    {},
  );
}
