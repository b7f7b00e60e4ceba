import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));
const FOLDER = join(PROJECT, 'benchmarks/peers');
const require = createRequire(join(FOLDER, 'package.json'));

/** Installs the compared libraries in a folder of their own, if one of them is missing. */
export function installPeers(): void {
  execFileSync(process.execPath, [join(PROJECT, 'scripts/install.mjs'), FOLDER], { stdio: 'inherit' });
}

/** Imports a compared library. */
export async function peer<M>(name: string): Promise<M> {
  return (await import(pathToFileURL(require.resolve(name)).href)) as M;
}

/** Returns the version of a compared library. */
export function peerVersion(name: string): string {
  const file = join(FOLDER, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
