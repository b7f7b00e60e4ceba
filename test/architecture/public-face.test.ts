import { expect } from 'chai';
import { join } from 'node:path';
import ts from 'typescript';
import { collect, declarationFiles, parse, ROOT } from './project.js';

function exportsWithoutDocumentation(entry: string): readonly string[] {
  const program = ts.createProgram([join(ROOT, entry)], {
    module: ts.ModuleKind.Node20,
    target: ts.ScriptTarget.ES2023,
    skipLibCheck: true,
    noLib: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(ROOT, entry));
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) {
    throw new Error(`${entry} is no module`);
  }
  return checker
    .getExportsOfModule(module)
    .filter((symbol) => {
      const meant = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      return meant.getDocumentationComment(checker).length === 0;
    })
    .map(({ name }) => name);
}

describe('The public face', () => {
  it('has no `any` in any declaration that is shipped', () => {
    const found = declarationFiles().flatMap((file) => {
      const source = parse(file);
      return collect(source, (node) => {
        if (node.kind !== ts.SyntaxKind.AnyKeyword) return undefined;
        return `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
      });
    });
    expect(found).to.deep.equal([]);
  });

  it('says of everything it exports what it is for', () => {
    expect(exportsWithoutDocumentation('dist/src/index.d.ts')).to.deep.equal([]);
  }).timeout(60_000);
});
