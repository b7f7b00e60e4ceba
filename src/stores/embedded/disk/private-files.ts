import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Creates a folder and its missing parents, with the rights of `fileMode` regardless of the umask. Whoever may read the
 * files may also enter the folders. Existing folders are left unchanged.
 */
export function makeFolder(path: string, fileMode: number): void {
  const mode = fileMode | ((fileMode & 0o444) >> 2);
  const first = mkdirSync(path, { recursive: true, mode });
  if (first === undefined) return;
  const highest = resolve(first);
  for (let made = resolve(path); made.length >= highest.length; made = dirname(made)) chmodSync(made, mode);
}

/** Waits until a file is synced to disk. */
export async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  await file.sync();
}

/** Syncs the entries of a folder, which are the names of its files, to disk. Does nothing on Windows. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using folder = await open(path, 'r');
  await folder.sync();
}

/** Syncs a file or a folder to disk synchronously. */
export function syncPath(path: string): void {
  if (process.platform === 'win32') return; // Windows syncs neither folders nor read-only files
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Returns what identifies a file regardless of its name, namely its device and inode; `undefined` if there is no file.
 */
export function identityOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}
