// Bundles the package for its users: one file for each entry point of package.json, and chunks for shared code.
// Separate modules take five times as long to load. reflect-metadata, which is CommonJS, takes as long again unless it
// is bundled.
import { build } from 'esbuild';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BUNDLE = 'dist/bundle';
/**
 * Bundled, and a dependency as well: applications that import it themselves get the tested version, and both copies
 * share their metadata.
 */
const INSIDE = 'reflect-metadata';

const root = fileURLToPath(new URL('..', import.meta.url));
const { exports, dependencies, optionalDependencies, peerDependencies } = JSON.parse(
  readFileSync(`${root}package.json`, 'utf8'),
);
const entries = Object.values(exports).filter((entry) => typeof entry === 'object');

/**
 * Restores the names of classes. esbuild renames a class that refers to itself to e.g. `_Guid`, which users would see
 * in errors and when they inspect values. Padding with spaces keeps the columns of the source map valid.
 */
function withTheirNames(text) {
  const renamed = [...text.matchAll(/^var (\w+) = class (_\1|\1\d+)\b/gm)];
  return renamed.reduce(
    (kept, [, name, other]) => kept.replaceAll(new RegExp(`\\b${other}\\b`, 'g'), name.padStart(other.length)),
    text,
  );
}

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: entries.map(({ types, default: file }) => ({
    in: types.replace(/\.d\.ts$/, '.js'),
    out: file.replace(`./${BUNDLE}/`, '').replace(/\.js$/, ''),
  })),
  outdir: BUNDLE,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'es2023',
  external: Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).filter(
    (name) => name !== INSIDE,
  ),
  // Keeps the side effects of modules, whatever package.json tells users' bundlers.
  ignoreAnnotations: true,
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
  write: false,
});

for (const { path, text } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, path.endsWith('.js') ? withTheirNames(text) : text);
}
copyFileSync(`${root}node_modules/${INSIDE}/LICENSE`, `${root}${BUNDLE}/${INSIDE}.LICENSE`);

// Deletes the files of earlier builds last, so that a program that runs meanwhile always finds a complete bundle.
const written = new Set(outputFiles.map(({ path }) => path));
for (const name of readdirSync(`${root}${BUNDLE}`, { recursive: true, encoding: 'utf8' })) {
  const file = join(root, BUNDLE, name);
  if (/\.js(?:\.map)?$/.test(name) && !written.has(file)) rmSync(file);
}
