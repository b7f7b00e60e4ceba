import { expect } from 'chai';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { registeredCodes } from './registry.js';
import { MARKS, REFUSED, refusal } from './refused.js';
import { shownIn } from './renderers.js';

describe('No error shows the value of a property', () => {
  it('in any of the codes that a value can lead to', () => {
    const groups = ['key.', 'entity.', 'validation.', 'query.', 'commit.'];
    const codes = registeredCodes().filter((code) => groups.some((group) => code.startsWith(group)));
    const driven = new Set<string>(REFUSED.map(({ code }) => code));
    // Nothing throws the one yet; the other takes 100,000 rows, and tells only their limit.
    const others = ['query.too-many-to-sort'];
    expect(codes.filter((code) => !driven.has(code))).to.deep.equal(others);
  });

  for (const [index, refused] of REFUSED.entries()) {
    it(`when it is ${refused.code} (${index})`, async () => {
      const error = await refusal(refused);
      if (!EntitableError.is(error)) throw error;
      expect(error.code).to.equal(refused.code);
      expect(shownIn(error, MARKS)).to.deep.equal([]);
    });
  }

  it('though the value itself is at hand', async () => {
    const error = await refusal(REFUSED.find(({ code }) => code === 'validation.out-of-range')!);
    expect(EntitableError.is(error, 'validation.out-of-range') && error.details.value).to.be.a('number');
  });
});
