import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { importsOf, packageOf, type Import } from './imports.js';
import { declarationFiles, ROOT, sourceFiles, textOf } from './project.js';

const VALUES = ['src/edm', 'src/errors'];
/** What every layer above the values may use. */
const COMMON = [...VALUES, 'src/async'];
const BELOW_QUERY = [...COMMON, 'src/filter', 'src/mapping', 'src/metadata', 'src/store'];
const BELOW_STORES = [...COMMON, 'src/filter', 'src/store'];
const BELOW_UNIT_OF_WORK = [...BELOW_QUERY, 'src/query', 'src/repository', 'src/validation'];
const STORES = ['src/stores/azure', 'src/stores/embedded', 'src/stores/lmdb', 'src/stores/memory', 'src/stores/sqlite'];

/** Which folder may import which others: the table of the design. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  decorators: [...VALUES, 'src/metadata'],
  'src/async': [],
  'src/edm': ['src/errors'],
  'src/errors': [],
  'src/store': COMMON,
  'src/metadata': VALUES,
  'src/filter': [...VALUES, 'src/metadata', 'src/store'],
  'src/mapping': [...VALUES, 'src/metadata', 'src/store'],
  'src/validation': ['src/errors', 'src/metadata'],
  'src/observability': ['src/async', 'src/errors', 'src/store'],
  'src/resilience': [...COMMON, 'src/observability', 'src/store'],
  'src/query': BELOW_QUERY,
  'src/repository': ['src/async', ...VALUES, 'src/mapping', 'src/metadata', 'src/query', 'src/store', 'src/validation'],
  'src/unit-of-work': [...BELOW_UNIT_OF_WORK, 'src/resilience'],
  'src/administration': [...BELOW_QUERY, 'src/query', 'src/repository'],
  'src/data-source': [
    ...BELOW_UNIT_OF_WORK,
    'src/administration',
    'src/observability',
    'src/resilience',
    'src/unit-of-work',
    ...STORES,
  ],
  'src/stores/embedded': BELOW_STORES,
  'src/stores/memory': [...BELOW_STORES, 'src/stores/embedded'],
  'src/stores/lmdb': [...BELOW_STORES, 'src/stores/embedded', 'src/stores/sqlite'],
  'src/stores/sqlite': [...BELOW_STORES, 'src/stores/embedded'],
  'src/stores/azure': BELOW_STORES,
  'src/testing': [...VALUES, 'src/store', 'src/stores/memory', 'src/stores/sqlite', 'src/data-source'],
};
const FACE = 'src/index.ts';
/** Integrations refuse unknown names of options as the library itself does; programs have no use for it. */
const OPTION_NAMES = ['src/errors/options.ts', 'src/data-source/option-names.ts'];
const manifest = JSON.parse(textOf('package.json')) as Readonly<
  Record<'dependencies' | 'optionalDependencies' | 'peerDependencies', Readonly<Record<string, string>>>
>;
const OPTIONAL = [...Object.keys(manifest.peerDependencies), ...Object.keys(manifest.optionalDependencies)];
const INSTALLED = [...Object.keys(manifest.dependencies), ...OPTIONAL];

const imports = sourceFiles('src', 'decorators').flatMap(importsOf);
const show = ({ from, to }: Import): string => `${from} → ${to}`;

/** `src/query` for `src/query/plan/range.ts`; stores and integrations are folders of folders. */
function folderOf(file: string): string {
  const [, folder = ''] = /^(decorators|src\/(?:stores|integrations)\/[^/]+|src\/[^/]+)\//.exec(file) ?? [];
  return folder;
}

function isAllowed({ from, to, isFile }: Import): boolean {
  const [importer, imported] = [folderOf(from), folderOf(to)];
  if (!isFile || from === FACE || importer === imported) {
    return true;
  }
  if (importer.startsWith('src/integrations/')) return to === FACE || OPTION_NAMES.includes(to);
  return (MAY_IMPORT[importer] ?? []).includes(imported);
}

describe('Import rules', () => {
  it('know every folder of the library', () => {
    const folders = new Set(
      sourceFiles('src', 'decorators')
        .filter((file) => file !== FACE)
        .map(folderOf),
    );
    const known = (folder: string): boolean => folder in MAY_IMPORT || folder.startsWith('src/integrations/');
    expect([...folders].filter((folder) => !known(folder))).to.deep.equal([]);
  });

  it('hold for every import between folders, type imports and import() included', () => {
    expect(imports.filter((found) => !isAllowed(found)).map(show)).to.deep.equal([]);
  });

  it('let every relative import name a file that exists', () => {
    expect(imports.filter(({ to, isFile }) => isFile && !existsSync(join(ROOT, to))).map(show)).to.deep.equal([]);
  });

  it('let EDM types import errors alone, and errors nothing at all', () => {
    const pure = imports.filter(({ from }) => VALUES.includes(folderOf(from)));
    const others = pure.filter(({ from, to }) => folderOf(from) !== folderOf(to) && folderOf(to) !== 'src/errors');
    expect(others.map(show)).to.deep.equal([]);
  });

  it('let the library import only Node and what package.json declares', () => {
    const known = (specifier: string): boolean =>
      INSTALLED.includes(packageOf(specifier)) || builtinModules.includes(specifier.replace(/^node:/, ''));
    expect(imports.filter(({ to, isFile }) => !isFile && !known(to)).map(show)).to.deep.equal([]);
  });

  it('let an optional package be imported only by import(), and the disk engine by its own store', () => {
    const eager = imports.filter(
      ({ to, kind, isFile }) => !isFile && kind === 'value' && OPTIONAL.includes(packageOf(to)),
    );
    const allowed = ({ from, to }: Import): boolean =>
      from.startsWith('src/integrations/') ||
      (to === 'lmdb' && from.startsWith('src/stores/lmdb/')) ||
      (to === '@photostructure/sqlite' && from.startsWith('src/stores/sqlite/'));
    expect(eager.filter((found) => !allowed(found)).map(show)).to.deep.equal([]);
  });

  it('keep optional packages out of the declarations that every user reads', () => {
    const declared = declarationFiles()
      .filter((file) => !file.startsWith('dist/src/integrations/'))
      .flatMap(importsOf);
    expect(declared.filter(({ to, isFile }) => !isFile && OPTIONAL.includes(packageOf(to))).map(show)).to.deep.equal(
      [],
    );
  });

  it('load stores only when they are opened', () => {
    const eager = imports.filter(
      ({ from, to, kind }) => !from.startsWith('src/stores/') && to.startsWith('src/stores/') && kind === 'value',
    );
    expect(eager.map(show)).to.deep.equal([]);
  });
});
