import { expect } from 'chai';
import { documentedCodes, registeredCodes, usedCodes } from './registry.js';

describe('The page of errors', () => {
  const sections = documentedCodes();

  it('docs/errors.md has a section for every code of the registry, in its order, and for no other', () => {
    expect(sections.map(({ code }) => code)).to.deep.equal(registeredCodes());
  });

  it('docs/errors.md lists each code in its group', () => {
    expect(sections.filter(({ group, code }) => !code.startsWith(`${group}.`))).to.deep.equal([]);
  });

  it('docs/errors.md explains in two paragraphs what happened and what to do, for each code', () => {
    const incomplete = sections.filter(
      ({ paragraphs: [happened = '', todo = '', ...more] }) =>
        !happened.startsWith('**What happened.** ') || !todo.startsWith('**What to do.** ') || more.length > 0,
    );
    expect(incomplete).to.deep.equal([]);
  });
});

describe('The registry of error codes', () => {
  const used = usedCodes();

  it('The registry of error codes has no code that is never thrown', () => {
    expect(registeredCodes().filter((code) => !used.has(code))).to.deep.equal([]);
  });
});
