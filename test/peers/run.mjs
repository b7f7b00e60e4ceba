// Runs the integration tests with other versions of the integrated packages, and the test suites of those packages.
// Each folder beside this file is a project of its own; it is installed in a temporary folder with a copy of dist/.
// Usage: `npm run test:peers -- [part of a folder's name]`
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');
const wanted = process.argv[2] ?? '';
const { dependencies, devDependencies } = readJson(join(root, 'package.json'));
const TOOLS = ['mocha', 'chai', 'typescript', '@types/chai', '@types/mocha', '@types/node'];
const tools = Object.fromEntries(TOOLS.map((name) => [name, devDependencies[name]]));

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function install(project, folder) {
  cpSync(join(here, project), folder, { recursive: true });
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(root, 'docs'), join(folder, 'docs'), { recursive: true });
  const manifest = readJson(join(folder, 'package.json'));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ ...manifest, dependencies, devDependencies: { ...tools, ...manifest.devDependencies } }),
  );
  // Some of these packages have native dependencies that no test here needs.
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];
  execFileSync('npm', ['install', ...options, '--loglevel=error'], { cwd: folder, stdio: 'pipe' });
  for (const part of ['package.json', 'dist']) {
    cpSync(join(root, part), join(folder, 'node_modules/entitable', part), { recursive: true });
  }
}

function passes(project, env) {
  const started = Date.now();
  const folder = mkdtempSync(join(tmpdir(), `entitable-${project}-`));
  try {
    install(project, folder);
    execFileSync('npm', ['test', '--silent'], { cwd: folder, env, encoding: 'utf8', stdio: 'pipe', timeout: 300_000 });
    console.log(`ok      ${project}, ${Math.round((Date.now() - started) / 1000)} s`);
    return true;
  } catch (error) {
    console.error(`FAILED  ${project}\n${error.stdout ?? ''}${error.stderr ?? ''}`);
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Runs the emulator in a separate process, because this one blocks while a project's tests run. */
async function startAzurite() {
  const port = await freePort();
  const main = join(root, 'node_modules/azurite/dist/src/table/main.js');
  const options = ['--inMemoryPersistence', '--disableTelemetry', '--skipApiVersionCheck', '--tablePort', String(port)];
  const azurite = spawn(process.execPath, [main, ...options], { stdio: 'ignore' });
  for (let tries = 600; !(await answers(port)); tries--) {
    if (tries === 0) throw new Error('Azurite did not start.');
    await setTimeout(100);
  }
  const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
  return {
    target: `AccountName=devstoreaccount1;AccountKey=${key};TableEndpoint=http://127.0.0.1:${port}/devstoreaccount1;`,
    stop: () => azurite.kill(),
  };
}

const projects = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name.includes(wanted))
  .map(({ name }) => name);
const azurite = await startAzurite();
const failed = projects.filter((project) => !passes(project, { ...process.env, AZURITE: azurite.target }));
azurite.stop();
console.log(`${projects.length - failed.length} of ${projects.length} projects pass`);
process.exitCode = failed.length === 0 ? 0 : 1;
