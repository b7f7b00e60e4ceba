import { expect } from 'chai';
import { findCycles } from './cycles.js';
import { importsOf } from './imports.js';
import { sourceFiles } from './project.js';

describe('Import cycles', () => {
  it('The search for import cycles finds them', () => {
    const edges = new Map([
      ['a', ['b', 'd']],
      ['b', ['c']],
      ['c', ['a']],
      ['d', ['d', 'c']],
    ]);
    expect(findCycles(edges)).to.deep.equal([
      ['a', 'b', 'c', 'a'],
      ['d', 'd'],
    ]);
  });

  it('There are no import cycles in src and decorators, with type imports and import() included', () => {
    const files = sourceFiles('src', 'decorators');
    const edges = new Map(
      files.map((file) => [
        file,
        importsOf(file)
          .filter(({ isFile }) => isFile)
          .map(({ to }) => to),
      ]),
    );
    expect(findCycles(edges)).to.deep.equal([]);
  });
});
