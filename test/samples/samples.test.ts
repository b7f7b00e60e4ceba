import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startAzurite } from '../azurite/azurite.js';

const ROOT = join(import.meta.dirname, '../../..');
const topics = readdirSync(join(ROOT, 'samples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const run = promisify(execFile);

describe('The samples', function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'entitable-sample-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /**
   * Runs a sample in a folder of its own and returns its output. The target is an argument or the environment variable
   * TABLES.
   */
  async function output(topic: string, argument?: string, variable?: string): Promise<string> {
    const { TABLES: _, ...env } = process.env;
    const main = join(ROOT, 'dist', 'samples', topic, 'main.js');
    const { stdout } = await run(process.execPath, [main, ...(argument === undefined ? [] : [argument])], {
      cwd: folder,
      timeout: 60_000,
      env: { ...env, ...(variable !== undefined && { TABLES: variable }) },
    });
    return stdout.replace(/on the [a-z]+ store/, 'on the … store');
  }

  for (const topic of topics) {
    const expected = readFileSync(join(ROOT, 'samples', topic, 'expected.txt'), 'utf8');

    it(`The sample ${topic} prints its expected output without a target`, async () => {
      expect(await output(topic)).to.equal(expected);
    });

    it(`The sample ${topic} prints its expected output in memory, with the target as an argument`, async () => {
      expect(await output(topic, 'memory:', 'nowhere:')).to.equal(expected);
    });

    it(`The sample ${topic} prints its expected output on disk, with the target in TABLES, also when it runs again`, async () => {
      const target = `sqlite:${join(folder, 'tables.db')}`;
      await output(topic, undefined, target);
      expect(await output(topic, undefined, target)).to.equal(expected);
    });

    it(`The sample ${topic} prints its expected output on the emulator`, async () => {
      expect(await output(topic, (await startAzurite()).connectionString)).to.equal(expected);
    });

    it(`The sample ${topic} refuses an invalid target`, async () => {
      const refused = await output(topic, undefined, 'nowhere:').then(
        () => '',
        (error: unknown) => String((error as { readonly stderr?: unknown }).stderr),
      );
      expect(refused).to.include('store.unknown-target');
    });
  }
});
