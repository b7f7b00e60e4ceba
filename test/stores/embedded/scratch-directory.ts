import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory for the tests of one `describe`, which takes it away at its end. Gives a new path in it, where nothing is yet. */
export function scratchDirectory(): () => string {
  const directory = mkdtempSync(join(tmpdir(), 'entitable-lmdb-'));
  let paths = 0;
  after(() => rmSync(directory, { recursive: true, force: true }));
  return () => join(directory, `store-${(paths += 1)}`);
}
