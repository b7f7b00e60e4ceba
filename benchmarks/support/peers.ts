import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));
const FOLDER = join(PROJECT, 'benchmarks/peers');
const require = createRequire(join(FOLDER, 'package.json'));

/** Installs what the benchmarks compare with, in a folder of its own, when something of it is missing. */
export function installPeers(): void {
  execFileSync(process.execPath, [join(PROJECT, 'scripts/install.mjs'), FOLDER], { stdio: 'inherit' });
}

/** A peer's module. */
export async function peer<M>(name: string): Promise<M> {
  return (await import(pathToFileURL(require.resolve(name)).href)) as M;
}

/** A peer's version. */
export function peerVersion(name: string): string {
  const file = join(FOLDER, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
