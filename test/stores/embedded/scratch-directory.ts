import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Creates a directory for the tests of one `describe`, which is deleted after them. Returns a function that returns a
 * new, unused path in it.
 */
export function scratchDirectory(): () => string {
  const directory = mkdtempSync(join(tmpdir(), 'entitable-lmdb-'));
  let paths = 0;
  after(() => rmSync(directory, { recursive: true, force: true }));
  return () => join(directory, `store-${(paths += 1)}`);
}
