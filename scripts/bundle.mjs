// Makes what users load: each entry of package.json one file, with what several need in chunks. The modules one by one
// take five times as long to load, and reflect-metadata, which is CommonJS, as long again unless it is inside.
import { build } from 'esbuild';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BUNDLE = 'dist/bundle';
/** Installed as well: programs that import it by themselves find the version that was tested, and both share what they know. */
const INSIDE = 'reflect-metadata';

const root = fileURLToPath(new URL('..', import.meta.url));
const { exports, dependencies, optionalDependencies, peerDependencies } = JSON.parse(
  readFileSync(`${root}package.json`, 'utf8'),
);
const entries = Object.values(exports).filter((entry) => typeof entry === 'object');

/** esbuild calls a class that names itself `_Guid`, which users would read in errors and in inspections; a space keeps the columns of the source map. */
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
  // What the modules do when they are loaded is kept, whatever package.json tells the bundlers of users.
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

// What an earlier build left goes last: whoever runs meanwhile finds a bundle at any time.
const written = new Set(outputFiles.map(({ path }) => path));
for (const name of readdirSync(`${root}${BUNDLE}`, { recursive: true, encoding: 'utf8' })) {
  const file = join(root, BUNDLE, name);
  if (/\.js(?:\.map)?$/.test(name) && !written.has(file)) rmSync(file);
}
