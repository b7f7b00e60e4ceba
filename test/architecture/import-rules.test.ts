import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { importsOf, packageOf, type Import } from './imports.js';
import { MAY_IMPORT } from './may-import.js';
import { declarationFiles, ROOT, sourceFiles, textOf } from './project.js';

const FACE = 'src/index.ts';
/**
 * Checks that integrations share with the library: of options, keys and table names. Applications have no use for them.
 */
const SHARED_CHECKS = ['src/options/check-option.ts', 'src/data-source/options.ts', 'src/edm/names.ts'];
const manifest = JSON.parse(textOf('package.json')) as Readonly<
  Record<'dependencies' | 'optionalDependencies' | 'peerDependencies', Readonly<Record<string, string>>>
>;
const OPTIONAL = [...Object.keys(manifest.peerDependencies), ...Object.keys(manifest.optionalDependencies)];
const INSTALLED = [...Object.keys(manifest.dependencies), ...OPTIONAL];

const imports = sourceFiles('src', 'decorators').flatMap(importsOf);
const show = ({ from, to }: Import): string => `${from} → ${to}`;

/**
 * Returns the folder that the rules apply to, e.g. `src/query` for `src/query/plan/range.ts`. In `stores` and
 * `integrations` it is the folder one level deeper.
 */
function folderOf(file: string): string {
  const [, folder = ''] = /^(decorators|src\/(?:stores|integrations)\/[^/]+|src\/[^/]+)\//.exec(file) ?? [];
  return folder;
}

function isAllowed({ from, to, isFile }: Import): boolean {
  const [importer, imported] = [folderOf(from), folderOf(to)];
  if (!isFile || from === FACE || importer === imported) {
    return true;
  }
  if (importer.startsWith('src/integrations/')) return to === FACE || SHARED_CHECKS.includes(to);
  return (MAY_IMPORT[importer] ?? []).includes(imported);
}

describe('Import rules', () => {
  it('The import rules cover every folder of the library', () => {
    const folders = new Set(
      sourceFiles('src', 'decorators')
        .filter((file) => file !== FACE)
        .map(folderOf),
    );
    const known = (folder: string): boolean => folder in MAY_IMPORT || folder.startsWith('src/integrations/');
    expect([...folders].filter((folder) => !known(folder))).to.deep.equal([]);
  });

  it('The import rules permit every import between folders, with type imports and import() included', () => {
    expect(imports.filter((found) => !isAllowed(found)).map(show)).to.deep.equal([]);
  });

  it('Every relative import names a file that exists', () => {
    expect(imports.filter(({ to, isFile }) => isFile && !existsSync(join(ROOT, to))).map(show)).to.deep.equal([]);
  });

  it('The import rules contain no permission that is not used', () => {
    const needed = new Set(imports.map(({ from, to }) => `${folderOf(from)} → ${folderOf(to)}`));
    const permitted = Object.entries(MAY_IMPORT).flatMap(([from, folders]) => folders.map((to) => `${from} → ${to}`));
    expect(permitted.filter((permission) => !needed.has(permission))).to.deep.equal([]);
  });

  it('The library imports only Node and the packages that package.json declares', () => {
    const known = (specifier: string): boolean =>
      INSTALLED.includes(packageOf(specifier)) || builtinModules.includes(specifier.replace(/^node:/, ''));
    expect(imports.filter(({ to, isFile }) => !isFile && !known(to)).map(show)).to.deep.equal([]);
  });

  it('Optional packages are imported only by import(), and the engine of a disk store only by that store', () => {
    const eager = imports.filter(
      ({ to, kind, isFile }) => !isFile && kind === 'value' && OPTIONAL.includes(packageOf(to)),
    );
    const allowed = ({ from, to }: Import): boolean =>
      from.startsWith('src/integrations/') ||
      (to === 'lmdb' && from.startsWith('src/stores/lmdb/')) ||
      (to === '@photostructure/sqlite' && from.startsWith('src/stores/sqlite/'));
    expect(eager.filter((found) => !allowed(found)).map(show)).to.deep.equal([]);
  });

  it('The declarations that every user reads do not mention optional packages', () => {
    const declared = declarationFiles()
      .filter((file) => !file.startsWith('dist/src/integrations/'))
      .flatMap(importsOf);
    expect(declared.filter(({ to, isFile }) => !isFile && OPTIONAL.includes(packageOf(to))).map(show)).to.deep.equal(
      [],
    );
  });

  it('Stores are loaded only when they are opened', () => {
    const eager = imports.filter(
      ({ from, to, kind }) => !from.startsWith('src/stores/') && to.startsWith('src/stores/') && kind === 'value',
    );
    expect(eager.map(show)).to.deep.equal([]);
  });
});
