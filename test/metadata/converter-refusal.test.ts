import { expect } from 'chai';
import { refusalReason } from '../../src/metadata/converter-refusal.js';

/** What `work` throws. */
function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('Why a converter refused a value', () => {
  it('is told in its own words, when it says so by a TypeError or a RangeError', () => {
    expect(refusalReason(new RangeError('it must be one of "a", "b"'), 'c')).to.equal('it must be one of "a", "b"');
    expect(refusalReason(new TypeError('it must be a Date, not string'), 'now')).to.equal(
      'it must be a Date, not string',
    );
  });

  it('is not told by other errors, which are for the program and may quote', () => {
    expect(
      refusalReason(
        thrown(() => JSON.parse('hunter2')),
        'hunter2',
      ),
    ).to.equal(undefined);
    expect(refusalReason('hunter2', 'hunter2')).to.equal(undefined);
  });

  it('is not told in words that quote the value, as the language does', () => {
    expect(
      refusalReason(
        thrown(() => BigInt(1.5)),
        1.5,
      ),
    ).to.equal(undefined);
    expect(
      refusalReason(
        thrown(() => 'x'.repeat(-5)),
        -5,
      ),
    ).to.equal(undefined);
    expect(refusalReason(new RangeError('cannot read hunter2'), 'hunter2')).to.equal(undefined);
  });

  it('is told where the value is only part of another word', () => {
    expect(refusalReason(new RangeError('it must be at most 10'), 1)).to.equal('it must be at most 10');
    expect(refusalReason(new RangeError('it must be draft or final'), 'a')).to.equal('it must be draft or final');
    expect(refusalReason(new RangeError('it must not be empty'), '')).to.equal('it must not be empty');
  });
});
