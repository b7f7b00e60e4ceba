import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { startAzurite } from '../azurite/azurite.js';
import { GETTING_STARTED, ROOT, textOf } from './guide.js';

/** A step of the page: a file to write, commands to run, or what the commands before it print. */
type Step =
  | { readonly kind: 'file'; readonly path: string; readonly text: string; readonly continued: boolean }
  | { readonly kind: 'commands'; readonly commands: readonly string[]; output: string };

const BLOCK = /^```(?<language>\w+)\n(?<content>[\s\S]*?)^```$/gm;
const FILE = /^(?:\/\/|#) (?<path>[\w./-]+)(?<continued> \(continued\))?\n/;
const INSTALL = /^npm install (?:--save-dev )?(?<packages>.+)$/;

/** Reads the steps of the page. The first line of a file is a comment with its path. */
function stepsOf(page: string): readonly Step[] {
  const steps: Step[] = [];
  for (const { groups } of textOf(page).matchAll(BLOCK)) {
    const { language = '', content = '' } = groups!;
    const file = FILE.exec(content)?.groups;
    const last = steps.at(-1);
    if (language === 'sh') steps.push({ kind: 'commands', commands: content.trimEnd().split('\n'), output: '' });
    else if (language === 'text' && last?.kind === 'commands') last.output = content;
    else if (file === undefined)
      throw new Error(`${page} has a block that is neither a file nor a command: ${content}`);
    else steps.push({ kind: 'file', path: file['path']!, text: content, continued: file['continued'] !== undefined });
  }
  return steps;
}

/**
 * Links an installed package of this project in place of a download. TypeScript is linked in the version that npm would
 * install.
 */
function link(name: string, project: string): void {
  const source = name === 'entitable' ? ROOT : join(ROOT, 'node_modules', name === 'typescript' ? 'typescript7' : name);
  const target = join(project, 'node_modules', name);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(source, target);
  if (name !== 'typescript') return;
  mkdirSync(join(project, 'node_modules/.bin'));
  symlinkSync('../typescript/bin/tsc', join(project, 'node_modules/.bin/tsc'));
}

describe('The program of Getting started', function () {
  this.timeout(120_000);
  const steps = stepsOf(GETTING_STARTED);
  const run = promisify(execFile);
  let project: string;
  let account: string;

  before(async () => {
    project = mkdtempSync(join(tmpdir(), 'entitable-getting-started-'));
    account = (await startAzurite()).connectionString;
  });
  after(() => rmSync(project, { recursive: true, force: true }));

  /** Runs a command in the project and resolves to its output. Installing prints nothing here. */
  async function outputOf(command: string, variables: Readonly<Record<string, string>> = {}): Promise<string> {
    const packages = INSTALL.exec(command)?.groups!['packages']!.split(' ');
    if (packages !== undefined) {
      for (const name of packages) link(name, project);
      return '';
    }
    const { TABLES: _, ...env } = process.env;
    const options = { cwd: project, env: { ...env, ...variables } };
    try {
      return (await run('bash', ['-ec', command], options)).stdout;
    } catch (error) {
      const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
      throw new Error(`${command} failed:\n${stdout}${stderr}`, { cause: error });
    }
  }

  /** Writes a file of the page. The emulator takes the place of the reader's account. */
  function write({ path, text, continued }: Step & { readonly kind: 'file' }): void {
    const target = join(project, path);
    mkdirSync(dirname(target), { recursive: true });
    const content = text.replace(/^TABLES=DefaultEndpointsProtocol=.*$/m, `TABLES="${account}"`);
    if (continued) appendFileSync(target, content);
    else writeFileSync(target, content);
  }

  for (const step of steps) {
    if (step.kind === 'file') {
      it(`The program of Getting started has the file ${step.path}${step.continued ? ', continued' : ''}`, () =>
        write(step));
    } else {
      it(`The program of Getting started runs ${step.commands.join('; ')}`, async () => {
        const outputs: string[] = [];
        for (const command of step.commands) outputs.push(await outputOf(command));
        if (step.output !== '') expect(outputs.join('')).to.equal(step.output);
      });
    }
  }

  it('The program of Getting started runs with standard decorators as well', async () => {
    const { output } = steps.findLast((step) => step.kind === 'commands' && step.output !== '') as { output: string };
    await outputOf('npx tsc --experimentalDecorators false --emitDecoratorMetadata false');
    expect(await outputOf('node out/main.js')).to.equal(output);
  });

  it('The program of Getting started opens an account by its name, with Microsoft Entra ID', async () => {
    const program = `
      import { openDb } from './open-db.js';
      await using db = await openDb();
      console.log(db.traits.kind);
    `;
    writeFileSync(join(project, 'src/opened.ts'), program);
    await outputOf('npx tsc');
    expect(await outputOf('node out/opened.js', { STORAGE_ACCOUNT: 'shop' })).to.equal('azure-storage\n');
    expect(await outputOf('node out/opened.js')).to.equal('memory\n');
  });
});
