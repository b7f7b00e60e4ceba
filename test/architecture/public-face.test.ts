import { expect } from 'chai';
import { join } from 'node:path';
import ts from 'typescript';
import { collect, declarationFiles, parse, ROOT } from './project.js';

const ENTRY = join(ROOT, 'dist/src/index.d.ts');

/** Compiles the declarations as a strict user's compiler does, which checks library declarations too. */
function programOfDeclarations(): ts.Program {
  return ts.createProgram([ENTRY], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.esnext.decorators.d.ts'],
    types: ['node'],
    strict: true,
    noEmit: true,
  });
}

function exportsWithoutDocumentation(program: ts.Program): readonly string[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(ENTRY);
  const face = source && checker.getSymbolAtLocation(source);
  if (face === undefined) {
    throw new Error(`${ENTRY} is no module`);
  }
  return checker
    .getExportsOfModule(face)
    .filter((symbol) => {
      const meant = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      return meant.getDocumentationComment(checker).length === 0;
    })
    .map(({ name }) => name);
}

function problemsOf(program: ts.Program): readonly string[] {
  const own = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(join(ROOT, 'dist')));
  return own
    .flatMap((file) => program.getSemanticDiagnostics(file))
    .map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}

describe('The public face', () => {
  let program: ts.Program;
  let problems: readonly string[];
  before(function () {
    this.timeout(60_000);
    program = programOfDeclarations();
    // Must come first: reading documentation makes the compiler report its links as errors.
    problems = problemsOf(program);
  });

  it('The public face has no `any` in any shipped declaration', () => {
    const found = declarationFiles().flatMap((file) => {
      const source = parse(file);
      return collect(source, (node) => {
        if (node.kind !== ts.SyntaxKind.AnyKeyword) return undefined;
        return `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
      });
    });
    expect(found).to.deep.equal([]);
  });

  it('The public face documents every export', () => {
    expect(exportsWithoutDocumentation(program)).to.deep.equal([]);
  });

  it('The public face has complete declarations: none refers to one that `stripInternal` removed', () => {
    expect(problems).to.deep.equal([]);
  });
});
