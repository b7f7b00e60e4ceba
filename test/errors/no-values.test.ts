import { expect } from 'chai';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { registeredCodes } from './registry.js';
import { MARKS, REFUSED, refusal } from './refused.js';
import { shownIn } from './renderers.js';

describe('Property values in errors', () => {
  it('Every error code that a property value can lead to is tested for quoting it', () => {
    const groups = ['key.', 'entity.', 'validation.', 'query.', 'commit.'];
    const codes = registeredCodes().filter((code) => groups.some((group) => code.startsWith(group)));
    const driven = new Set<string>(REFUSED.map(({ code }) => code));
    // This code needs 100,000 rows, and its error mentions nothing but the limit.
    const others = ['query.too-many-to-sort'];
    expect(codes.filter((code) => !driven.has(code))).to.deep.equal(others);
  });

  for (const [index, refused] of REFUSED.entries()) {
    it(`No property value is quoted by an error ${refused.code} (${index})`, async () => {
      const error = await refusal(refused);
      if (!EntitableError.is(error)) throw error;
      expect(error.code).to.equal(refused.code);
      expect(shownIn(error, MARKS)).to.deep.equal([]);
    });
  }

  it('A value that is out of range is at hand in the details of its error', async () => {
    const error = await refusal(REFUSED.find(({ code }) => code === 'validation.out-of-range')!);
    expect(EntitableError.is(error, 'validation.out-of-range') && error.details.value).to.be.a('number');
  });
});
