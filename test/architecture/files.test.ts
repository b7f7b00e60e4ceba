import { expect } from 'chai';
import ts from 'typescript';
import { collect, parse, sourceFiles, textOf } from './project.js';

const KEBAB_CASE =
  /^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:property\.test|test|spec|test-d|types))?\.ts$/;

const library = sourceFiles('src', 'decorators');
const linesOf = (file: string): number => textOf(file).trimEnd().split('\n').length;

function isTopLevelAwait(node: ts.Node): boolean {
  const awaits = ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined);
  return awaits && ts.findAncestor(node, (ancestor) => ts.isFunctionLike(ancestor)) === undefined;
}

/** What runs when a file is imported for nothing: statements of its own, and packages that it imports for nothing. */
function isSideEffect(statement: ts.Statement): boolean {
  return ts.isImportDeclaration(statement)
    ? statement.importClause === undefined && !statement.moduleSpecifier.getText().startsWith("'.")
    : ts.isExpressionStatement(statement);
}

describe('The files of the library', () => {
  it('have names in kebab-case', () => {
    const files = sourceFiles('src', 'decorators', 'test', 'samples', 'benchmarks', 'site');
    expect(files.filter((file) => !KEBAB_CASE.test(file))).to.deep.equal([]);
  });

  it('have at most 300 lines', () => {
    expect(library.filter((file) => linesOf(file) > 300)).to.deep.equal([]);
  });

  it('await nothing at their top level, which CommonJS could not require', () => {
    const awaits = (file: string): boolean =>
      collect(parse(file), (node) => isTopLevelAwait(node) || undefined).length > 0;
    expect(library.filter(awaits)).to.deep.equal([]);
  });

  it('have side effects only where decorators are, so that bundlers may drop every file of which nothing is used', () => {
    const { sideEffects } = JSON.parse(textOf('package.json')) as { readonly sideEffects: unknown };
    const files = library.filter((file) => parse(file).statements.some(isSideEffect));
    expect({ sideEffects, files }).to.deep.equal({
      sideEffects: false,
      files: ['decorators/index.ts', 'decorators/symbol-metadata.ts'],
    });
  });
});
