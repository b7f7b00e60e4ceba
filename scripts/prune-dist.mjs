// Deletes compiled files in dist/ whose sources no longer exist, so that no stale test runs and no stale file is
// packed. It skips dist/bundle, which scripts/bundle.mjs cleans itself.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const bundle = join(dist, 'bundle');
const output = /\.(?:d\.ts|js)(?:\.map)?$/;

const outputs = existsSync(dist)
  ? readdirSync(dist, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && output.test(entry.name) && !entry.parentPath.startsWith(bundle))
      .map((entry) => join(entry.parentPath, entry.name))
  : [];

for (const file of outputs) {
  const source = join(root, relative(dist, file).replace(output, '.ts'));
  if (!existsSync(source)) {
    rmSync(file);
  }
}
