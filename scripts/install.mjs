// Installs the packages of a lockfile if one is missing, in the given folder or else in the project. It makes
// `npm test`, `npm run quickstart` and the benchmarks work on a fresh clone.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
const lockfile = join(root, 'package-lock.json');
const modules = join(root, 'node_modules');
const installed = join(modules, '.package-lock.json');

const packagesOf = (file) => Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages).filter(([path]) => path);

/**
 * Checks whether a package is missing or has another version. Optional packages include those of other platforms, so
 * their absence is ignored.
 */
function isStale() {
  if (!existsSync(installed)) {
    return true;
  }
  const versions = new Map(packagesOf(installed).map(([path, { version }]) => [path, version]));
  return packagesOf(lockfile).some(([path, { version, optional }]) =>
    versions.has(path) ? versions.get(path) !== version : !optional,
  );
}

/** A linked node_modules belongs to another checkout, where `npm ci` would delete it. */
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
