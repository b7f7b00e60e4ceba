// Installs the packed tarball as a user does and checks it there: ESM with declarations under every supported
// TypeScript, CommonJS, two copies in one process, a store on disk, and a minified bundle.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const project = mkdtempSync(join(tmpdir(), 'entitable-consumer-'));

/** Runs a command in the project and returns its output. If it fails, the error contains the output. */
function run(command, args, cwd = project) {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')}\n${error.stdout}${error.stderr}`, { cause: error });
  }
}

function install() {
  const packed = run('npm', ['pack', '--json', '--silent', '--pack-destination', project], root);
  const [{ filename, entryCount, size }] = JSON.parse(packed.slice(packed.lastIndexOf('\n[') + 1));
  console.log(`Packed ${filename}: ${entryCount} files, ${Math.round(size / 1024)} KiB`);
  cpSync(fileURLToPath(new URL('project', import.meta.url)), project, { recursive: true });
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({
      private: true,
      type: 'module',
      dependencies: { entitable: `file:${filename}`, 'entitable-copy': `file:${filename}` },
      devDependencies: { '@types/node': devDependencies['@types/node'] },
    }),
  );
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock']);
}

/**
 * Copies the type tests of the library, changed to compile against the shipped declarations: errors that the sources
 * cause must occur there too.
 */
function installTypeTests() {
  const folder = join(project, 'types');
  mkdirSync(folder);
  const types = fileURLToPath(new URL('../types', import.meta.url));
  const tests = readdirSync(types).filter((file) => /\.test-d\.ts$|^equal\.ts$/.test(file));
  const files = [
    ...tests.map((file) => join(types, file)),
    fileURLToPath(new URL('../support/models.ts', import.meta.url)),
  ];
  for (const file of files) {
    const text = readFileSync(file, 'utf8')
      .replaceAll(/'(?:\.\.\/)+(?:src|decorators)\/[^']+'/g, "'entitable'")
      .replaceAll("'../support/models.js'", "'./models.js'");
    writeFileSync(join(folder, basename(file)), text);
  }
  const config = { extends: '../tsconfig.json', compilerOptions: { noEmit: true, rootDir: '.' }, include: ['*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
}

async function bundleMinified() {
  await build({
    absWorkingDir: project,
    entryPoints: ['src/minified.ts'],
    outfile: 'out/bundle.mjs',
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    // The SDK loads some CommonJS packages.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    external: ['@photostructure/sqlite', 'lmdb', 'class-validator'],
    logLevel: 'warning',
  });
}

function expectOk(file, expected) {
  const printed = run(process.execPath, [file]).trim();
  assert.match(printed, expected);
  console.log(printed);
}

try {
  install();
  installTypeTests();
  for (const compiler of ['typescript59', 'typescript7', 'typescript']) {
    run(process.execPath, [join(root, 'node_modules', compiler, 'bin/tsc'), '-p', '.']);
    console.log(`Compiles under ${compiler}`);
    run(process.execPath, [join(root, 'node_modules', compiler, 'bin/tsc'), '-p', 'types']);
    console.log(`Refuses under ${compiler} what the type tests say`);
    expectOk('out/app.js', /^ESM application: ok$/);
  }
  expectOk('required.cjs', /^CommonJS application: ok$/);
  expectOk('two-copies.mjs', /^Two copies in one process: ok$/);
  expectOk('on-disk.mjs', /^A store on disk: ok$/);
  await bundleMinified();
  expectOk('out/bundle.mjs', /^Minified bundle, classes named (\w+) and \1: ok$/);
} finally {
  rmSync(project, { recursive: true, force: true });
}
