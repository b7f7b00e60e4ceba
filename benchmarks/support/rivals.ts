import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../../benchmarks/rivals', import.meta.url));
const require = createRequire(join(FOLDER, 'package.json'));

/** Installs what the benchmarks compare with, in a folder of its own, when it is not there. */
export function installRivals(): void {
  if (existsSync(join(FOLDER, 'node_modules'))) return;
  console.log('Installing the rivals, once …');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: FOLDER, stdio: 'inherit' });
}

/** A rival's module. */
export async function rival<M>(name: string): Promise<M> {
  return (await import(pathToFileURL(require.resolve(name)).href)) as M;
}

/** A rival's version. */
export function rivalVersion(name: string): string {
  const file = join(FOLDER, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
