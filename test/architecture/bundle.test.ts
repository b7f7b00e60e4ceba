import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { importsOf } from './imports.js';
import { ROOT, textOf } from './project.js';

type Entry = Readonly<Record<'types' | 'default', string>>;

const { exports } = JSON.parse(textOf('package.json')) as {
  readonly exports: Readonly<Record<string, Entry | string>>;
};
const entries = Object.entries(exports).flatMap(([path, entry]) =>
  typeof entry === 'string' ? [] : [{ path, bundle: entry.default, module: entry.types.replace(/\.d\.ts$/, '.js') }],
);

/**
 * Returns every file that runs when an entry point is imported, and every package and Node module that these files
 * load.
 */
function loadedWith(file: string, loaded = new Set<string>()): ReadonlySet<string> {
  loaded.add(file);
  for (const { to, kind, isFile } of importsOf(file)) {
    const name = isFile ? to.replace(/\.ts$/, '.js') : to;
    if (kind !== 'value' || loaded.has(name)) continue;
    if (isFile) loadedWith(name, loaded);
    else loaded.add(name);
  }
  return loaded;
}

async function namesIn(file: string): Promise<Readonly<Record<string, string | undefined>>> {
  const module = (await import(pathToFileURL(join(ROOT, file)).href)) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(module).map(([name, value]) => [name, typeof value === 'function' ? value.name : typeof value]),
  );
}

function lastWritten(folder: string): number {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.js'),
  );
  return Math.max(...files.map((name) => statSync(join(ROOT, folder, name)).mtimeMs));
}

describe('The bundle that users load', () => {
  it('The bundle is newer than its modules: after tsc alone, run node scripts/bundle.mjs', () => {
    const modules = Math.max(lastWritten('dist/src'), lastWritten('dist/decorators'));
    expect(statSync(join(ROOT, 'dist/bundle/index.js')).mtimeMs).to.be.at.least(modules);
  });

  for (const { path, bundle, module } of entries) {
    it(`The bundle exports the same names as the modules: ${path}`, async () => {
      expect(await namesIn(bundle)).to.deep.equal(await namesIn(module));
    });
  }

  it('The bundle loads a handful of files and no package when it is imported', () => {
    const loaded = [...loadedWith('dist/bundle/index.js')];
    const files = loaded.filter((name) => name.startsWith('dist/'));
    const foreign = loaded.filter((name) => !name.startsWith('dist/'));
    expect(files.length).to.be.at.most(10);
    expect(foreign.filter((name) => !builtinModules.includes(name.replace(/^node:/, '')))).to.deep.equal([]);
  });

  it('The bundle maps stack traces to the sources', () => {
    const script = `import { DataSource } from 'entitable';
      await DataSource.open('nowhere:').catch((error) => console.log(error.stack));`;
    const options = ['--enable-source-maps', '--input-type=module', '--eval', script];
    const stack = execFileSync(process.execPath, options, { cwd: ROOT, encoding: 'utf8' });
    expect(stack).to.include(join(ROOT, 'src/data-source/open-store.ts'));
  });
});
