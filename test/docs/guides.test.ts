import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transformSync } from 'esbuild';
import { startAzurite } from '../azurite/azurite.js';
import { compile, compiled } from './compile.js';
import { GETTING_STARTED, PAGES, readGuide, ROOT, textOf, type Guide } from './guide.js';
import { brokenLinks } from './links.js';

const run = promisify(execFile);

/** Pages with the files of other projects, which test/toolchain and getting-started.test.ts run. */
const OTHER_PROJECTS: ReadonlySet<string> = new Set(['docs/toolchain.md', GETTING_STARTED]);
const guides = PAGES.filter((page) => !OTHER_PROJECTS.has(page));
/** The start page of the site has a program. Its links are checked when the site is built. */
const START_PAGE = 'site/index.md';
const programs = [...guides, START_PAGE].map(readGuide).filter(({ program }) => program.trim() !== '');
/** Pages about features that embedded stores do not have. */
const ON_EMULATOR: ReadonlySet<string> = new Set(['docs/service.md']);
const readme = programs.find(({ page }) => page === 'README.md')!;

/** Runs the program of a guide and returns its output. */
async function output(guide: Guide, target: string): Promise<string> {
  const options = { cwd: ROOT, timeout: 60_000, env: { ...process.env, TABLES: target } };
  return (await run(process.execPath, ['--enable-source-maps', compiled(guide)], options)).stdout;
}

describe('The documentation', function () {
  this.timeout(120_000);

  let problems: readonly string[];
  before(() => {
    problems = compile(programs);
  });

  it('The examples of the documentation compile', () => {
    expect(problems).to.deep.equal([]);
  });

  it('The documentation has no TypeScript example that these tests skip', () => {
    const fences = guides.filter((page) => /^```(?:tsx?|typescript)\b.+$/m.test(textOf(page)));
    expect(fences).to.deep.equal([]);
  });

  for (const guide of programs) {
    it(`The examples in ${guide.page} print the output that the page shows`, async () => {
      const target = ON_EMULATOR.has(guide.page) ? (await startAzurite()).connectionString : 'memory:';
      expect(await output(guide, target)).to.equal(guide.output);
    });
  }

  it('The example in README.md prints the same without decorator metadata, as tsx and esbuild run it', async () => {
    const { code } = transformSync(readme.program, { loader: 'ts', format: 'esm', target: 'es2022', tsconfigRaw: {} });
    const program = compiled(readme).replace(/\.js$/, '.esbuild.mjs');
    writeFileSync(program, code);
    const { stdout } = await run(process.execPath, [program], { cwd: ROOT, timeout: 60_000 });
    expect(stdout).to.equal(readme.output);
  });

  it('The example in README.md prints the same on disk', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'entitable-readme-'));
    try {
      expect(await output(readme, `sqlite:${join(folder, 'data.db')}`)).to.equal(readme.output);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('The example in README.md prints the same on the emulator', async () => {
    expect(await output(readme, (await startAzurite()).connectionString)).to.equal(readme.output);
  });

  for (const page of PAGES) {
    it(`The links in ${page} lead somewhere`, () => {
      expect(brokenLinks(page)).to.deep.equal([]);
    });
  }
});
