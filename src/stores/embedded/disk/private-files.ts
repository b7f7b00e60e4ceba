import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Makes a folder, and those above it, for files of a mode, whatever the umask: who may read the files may enter it. Others are left alone. */
export function makeFolder(path: string, fileMode: number): void {
  const mode = fileMode | ((fileMode & 0o444) >> 2);
  const first = mkdirSync(path, { recursive: true, mode });
  if (first === undefined) return;
  const highest = resolve(first);
  for (let made = resolve(path); made.length >= highest.length; made = dirname(made)) chmodSync(made, mode);
}

/** Waits until a file is on the disk. */
export async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  await file.sync();
}

/** Waits until the names in a folder are on the disk, where systems can be asked for that. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using folder = await open(path, 'r');
  await folder.sync();
}

/** The same at once, for a file or a folder. */
export function syncPath(path: string): void {
  if (process.platform === 'win32') return; // which syncs no folders, and no files that may only be read
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Tells one file from another: where it is, and not how it is called. */
export function identityOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}
