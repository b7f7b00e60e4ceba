// Makes `npm test`, `npm run quickstart` and the benchmarks work on a fresh clone: installs when something of a lockfile is missing, that
// of the folder named, or else of the project.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
const lockfile = join(root, 'package-lock.json');
const modules = join(root, 'node_modules');
const installed = join(modules, '.package-lock.json');

const packagesOf = (file) => Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages).filter(([path]) => path);

/** Optional packages are those of other platforms too, so their absence says nothing. */
function isStale() {
  if (!existsSync(installed)) {
    return true;
  }
  const versions = new Map(packagesOf(installed).map(([path, { version }]) => [path, version]));
  return packagesOf(lockfile).some(([path, { version, optional }]) =>
    versions.has(path) ? versions.get(path) !== version : !optional,
  );
}

/** A linked node_modules belongs to another checkout: `npm ci` would empty it there. */
const isLinked = lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

if (!isLinked && isStale()) {
  console.log(`Installing the packages of ${lockfile} (npm ci)…`);
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  process.exitCode = npm.status ?? 1;
  if (npm.error) {
    console.error(`npm could not be started: ${npm.error.message}`);
  }
}
