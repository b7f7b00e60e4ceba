import { expect } from 'chai';
import { documentedCodes, registeredCodes, usedCodes } from './registry.js';

describe('docs/errors.md', () => {
  const sections = documentedCodes();

  it('has a section for every code of the registry, in its order, and for no other', () => {
    expect(sections.map(({ code }) => code)).to.deep.equal(registeredCodes());
  });

  it('has each code in its group', () => {
    expect(sections.filter(({ group, code }) => !code.startsWith(`${group}.`))).to.deep.equal([]);
  });

  it('says the cause and the remedy of each', () => {
    const incomplete = sections.filter(
      ({ paragraphs: [cause = '', remedy = '', ...more] }) =>
        !cause.startsWith('**Cause.** ') || !remedy.startsWith('**Remedy.** ') || more.length > 0,
    );
    expect(incomplete).to.deep.equal([]);
  });
});

describe('The registry of error codes', () => {
  const used = usedCodes();

  it('has no code that nothing throws', () => {
    expect(registeredCodes().filter((code) => !used.has(code))).to.deep.equal([]);
  });
});
