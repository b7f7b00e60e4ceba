import { expect } from 'chai';
import ts from 'typescript';
import { collect, parse, sourceFiles, textOf } from './project.js';

const KEBAB_CASE = /^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test|\.test-d)?\.ts$/;

const library = sourceFiles('src', 'decorators');
const linesOf = (file: string): number => textOf(file).trimEnd().split('\n').length;

function isTopLevelAwait(node: ts.Node): boolean {
  const awaits = ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined);
  return awaits && ts.findAncestor(node, (ancestor) => ts.isFunctionLike(ancestor)) === undefined;
}

describe('The files of the library', () => {
  it('have names in kebab-case', () => {
    const files = sourceFiles('src', 'decorators', 'test', 'samples', 'benchmarks');
    expect(files.filter((file) => !KEBAB_CASE.test(file))).to.deep.equal([]);
  });

  it('have at most 300 lines, and half of them at most 60', () => {
    const lengths = library.map(linesOf).toSorted((a, b) => a - b);
    expect(library.filter((file) => linesOf(file) > 300)).to.deep.equal([]);
    expect(lengths[Math.floor(lengths.length / 2)]).to.be.at.most(60);
  });

  it('await nothing at their top level, which CommonJS could not require', () => {
    const awaits = (file: string): boolean =>
      collect(parse(file), (node) => isTopLevelAwait(node) || undefined).length > 0;
    expect(library.filter(awaits)).to.deep.equal([]);
  });
});
