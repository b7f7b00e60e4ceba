import { realpathSync } from 'node:fs';
import { EntitableError } from '../../errors/entitable-error.js';
import type { DiskSettings, Durability } from '../embedded/disk/disk-store.js';
import { makeFolder } from '../embedded/disk/private-files.js';
import { engineError } from './engine-error.js';
import { LmdbEnvironment } from './lmdb-environment.js';

/** An environment that data sources of this thread share, for as long as one of them is open. */
interface Shared {
  readonly durability: Durability;
  readonly opening: Promise<LmdbEnvironment>;
  /** Once it is open. */
  environment: LmdbEnvironment | undefined;
  users: number;
  closing: Promise<void> | undefined;
}

/** An environment for one user of it, who gives it back once. */
export interface AcquiredEnvironment {
  readonly environment: LmdbEnvironment;
  /** The real directory of the store. */
  readonly directory: string;
  /** Closes it, unless others use it. */
  readonly release: () => Promise<void>;
}

/** The environments that are open, by their directories. */
const SHARED = new Map<string, Shared>();

/**
 * The environment of a store, which is made where it is missing. Data sources of one thread on one directory, whatever it is called, have
 * the same. Throws `store.in-use` when another process or thread has it open, or this one with another durability.
 */
export async function acquireEnvironment(path: string, settings: DiskSettings): Promise<AcquiredEnvironment> {
  for (;;) {
    const directory = realDirectory(path, settings.fileMode);
    const found = SHARED.get(directory);
    if (found?.closing !== undefined) {
      await found.closing.catch(() => undefined); // who closed it is told
      continue;
    }
    // Files that were removed, or are others now, are left to those that have them open.
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
