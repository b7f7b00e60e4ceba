import { expect } from 'chai';
import { dirname } from 'node:path/posix';
import ts from 'typescript';
import { importsOf } from './imports.js';
import { collect, parse, sourceFiles, textOf } from './project.js';

const KEBAB_CASE =
  /^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:property\.test|test|spec|test-d|types))?\.ts$/;

/** The conformance suite: a list of rules with one file for each kind, exempt from the limit of files in a folder. */
const CONFORMANCE = 'src/testing/conformance';
const library = sourceFiles('src', 'decorators');
const linesOf = (file: string): number => textOf(file).trimEnd().split('\n').length;

function isTopLevelAwait(node: ts.Node): boolean {
  const awaits = ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined);
  return awaits && ts.findAncestor(node, (ancestor) => ts.isFunctionLike(ancestor)) === undefined;
}

/**
 * Returns whether a statement runs code on import: a statement with an effect, or an import of a package only for its
 * effect.
 */
function isSideEffect(statement: ts.Statement): boolean {
  return ts.isImportDeclaration(statement)
    ? statement.importClause === undefined && !statement.moduleSpecifier.getText().startsWith("'.")
    : ts.isExpressionStatement(statement);
}

describe('The files of the library', () => {
  it('The files of the project have names in kebab-case', () => {
    const files = sourceFiles('src', 'decorators', 'test', 'samples', 'benchmarks', 'site');
    const named = files.map((file) => file.replace('/.vitepress/', '/vitepress/')); // VitePress chose that name
    expect(named.filter((file) => !KEBAB_CASE.test(file))).to.deep.equal([]);
  });

  it('The files of the library have at most 300 lines', () => {
    expect(library.filter((file) => linesOf(file) > 300)).to.deep.equal([]);
  });

  it('The folders of the library hold at most 20 files, so that a folder can be read as a list', () => {
    const folders = [...new Set(library.map((file) => dirname(file)))];
    const sizes = folders.map((folder) => ({
      folder,
      files: library.filter((file) => dirname(file) === folder).length,
    }));
    expect(sizes.filter(({ folder, files }) => files > 20 && folder !== CONFORMANCE)).to.deep.equal([]);
  });

  it('The files of the library have at least 30 lines or several importers, so that code that is read together is in one file', () => {
    const imports = library.flatMap(importsOf);
    const slivers = library.filter((file) => {
      const found = imports.filter(({ to }) => to === file);
      const importers = new Set(found.map(({ from }) => from));
      const isEntry =
        [...importers].every((from) => from.endsWith('/index.ts')) || found.every(({ kind }) => kind === 'dynamic');
      return linesOf(file) < 30 && importers.size < 2 && !isEntry && !file.startsWith(CONFORMANCE);
    });
    expect(slivers).to.deep.equal([]);
  });

  it('The files of the library have no top-level await, which CommonJS could not require', () => {
    const awaits = (file: string): boolean =>
      collect(parse(file), (node) => isTopLevelAwait(node) || undefined).length > 0;
    expect(library.filter(awaits)).to.deep.equal([]);
  });

  it('The files of the library have side effects only in decorators, so that bundlers can drop every unused file', () => {
    const { sideEffects } = JSON.parse(textOf('package.json')) as { readonly sideEffects: unknown };
    const files = library.filter((file) => parse(file).statements.some(isSideEffect));
    expect({ sideEffects, files }).to.deep.equal({
      sideEffects: false,
      files: ['decorators/index.ts', 'decorators/record.ts'],
    });
  });
});
