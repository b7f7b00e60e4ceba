import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { MAY_IMPORT } from '../architecture/may-import.js';
import { sourceFiles } from '../architecture/project.js';
import { ROOT, textOf } from './guide.js';
import { brokenLinks } from './links.js';

/** Entry points, tables of option names and the rules of the conformance suite are found by their folder. */
const FOUND_BY_FOLDER = /\/(?:index|option-names)\.ts$|\/conformance\//;
const PAGES = ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md'];

/**
 * Returns the paths of files and folders that a page names in code spans. A bare file name belongs to the folder named
 * before it.
 */
function pathsIn(page: string): readonly string[] {
  let folder = '';
  return [...textOf(page).matchAll(/`([\w./-]+)`/g)].flatMap(([, name]) => {
    const isPath = /^(?:src|decorators|test|docs|samples|benchmarks|site|scripts)\//.test(name!);
    const isFile = /^\w.*\.(?:ts|md|mjs|json)$/.test(name!);
    if (!isPath && (!isFile || folder === '' || name === 'package.json')) return [];
    const path = isPath ? name! : join(folder, name!);
    if (isPath) folder = isFile ? dirname(path) : path;
    return [path];
  });
}

/** Reads the table of imports in ARCHITECTURE.md. */
function documentedImports(): Readonly<Record<string, readonly string[]>> {
  const imports: Record<string, readonly string[]> = {};
  const rows = textOf('ARCHITECTURE.md').matchAll(/^\| `(src\/[\w/-]+|decorators)` +\| [^|]+ \| ([^|`]+?) +\|$/gm);
  for (const [, folder = '', names = ''] of rows) {
    imports[folder] = names === 'nothing' ? [] : names.split(', ').map((name) => `src/${name}`);
  }
  return imports;
}

describe('The map of the project', () => {
  it('The map of the project has the same table of imports as the architecture tests', () => {
    expect(documentedImports()).to.deep.equal(MAY_IMPORT);
  });

  for (const page of PAGES) {
    it(`${page} names only files and folders that exist`, () => {
      expect(pathsIn(page).filter((path) => !existsSync(join(ROOT, path)))).to.deep.equal([]);
    });

    it(`${page} has no broken links`, () => {
      expect(brokenLinks(page)).to.deep.equal([]);
    });
  }

  it('The map of the project names every file of the sources', () => {
    const named = new Set(pathsIn('ARCHITECTURE.md'));
    const files = sourceFiles('src', 'decorators').filter((file) => !FOUND_BY_FOLDER.test(file));
    expect(files.filter((file) => !named.has(file))).to.deep.equal([]);
  });

  it('The map of the project names every folder of the sources', () => {
    const named = new Set(pathsIn('ARCHITECTURE.md').flatMap((path) => [path.replace(/\/$/, ''), dirname(path)]));
    expect(Object.keys(MAY_IMPORT).filter((folder) => !named.has(folder))).to.deep.equal([]);
  });
});
