// Runs every recipe of docs/toolchain.md, copied from the page unchanged, in a temporary project that installs the
// packed tarball. Usage: `npm run test:toolchains -- [--record] [part of a recipe's name]`
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recipesIn } from './recipes.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = fileURLToPath(new URL('project', import.meta.url));
const page = join(root, 'docs/toolchain.md');
const MARK = '<!-- written by `npm run test:toolchains -- --record` -->';

const wanted = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? '';
const record = process.argv.includes('--record');
const workplace = mkdtempSync(join(tmpdir(), 'entitable-toolchains-'));

function run(command, args, cwd, env = {}) {
  return execFileSync(command, args, { cwd, env: { ...process.env, ...env }, encoding: 'utf8', stdio: 'pipe' });
}

function install() {
  const packed = run('npm', ['pack', '--silent', '--pack-destination', workplace], root).trim().split('\n').at(-1);
  const manifest = JSON.parse(readFileSync(new URL('tools.json', import.meta.url), 'utf8'));
  writeFileSync(
    join(workplace, 'package.json'),
    JSON.stringify({ ...manifest, dependencies: { entitable: `file:${packed}` } }),
  );
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock'], workplace);
  return Object.keys(manifest.devDependencies).map((name) => {
    const { version } = JSON.parse(readFileSync(join(workplace, 'node_modules', name, 'package.json'), 'utf8'));
    return { name, version };
  });
}

function tryRecipe({ name, types, files, commands }) {
  const folder = join(workplace, name.replaceAll(' ', '-'));
  mkdirSync(folder);
  for (const source of readdirSync(sources).filter((file) => file.endsWith('.ts'))) {
    cpSync(join(sources, source), join(folder, source));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const [file, text] of Object.entries(files)) {
    writeFileSync(join(folder, file), text);
  }
  try {
    run('bash', ['-ec', commands], folder, { TYPES: types, CI: 'true' });
    console.log(`ok      ${name}${types ? ` (${types})` : ''}`);
    return true;
  } catch (error) {
    console.error(`FAILED  ${name}\n${error.stdout}${error.stderr}`);
    return false;
  }
}

function write(versions) {
  const text = readFileSync(page, 'utf8');
  const list = versions.map(({ name, version }) => `| ${name} | ${version} |`);
  const date = new Date().toISOString().slice(0, 10);
  const table = [
    `All of it on ${date}, on Node ${process.versions.node}, with:`,
    '',
    '| package | version |',
    '| - | - |',
    ...list,
  ];
  writeFileSync(page, `${text.slice(0, text.indexOf(MARK))}${MARK}\n\n${table.join('\n')}\n`);
  run('npx', ['prettier', '--write', page], root);
}

try {
  const versions = install();
  const recipes = recipesIn(readFileSync(page, 'utf8')).filter(({ name }) => name.includes(wanted));
  const failed = recipes.filter((recipe) => !tryRecipe(recipe));
  if (failed.length > 0) {
    process.exitCode = 1;
  } else if (record && wanted === '') {
    write(versions);
  }
  console.log(`${recipes.length - failed.length} of ${recipes.length} recipes work`);
} finally {
  rmSync(workplace, { recursive: true, force: true });
}
