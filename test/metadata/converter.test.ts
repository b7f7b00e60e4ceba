import { expect } from 'chai';
import { outOfRange, refusalReason, wrongType } from '../../src/metadata/converter.js';

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown.');
}

describe("The message of a converter's error", () => {
  it("The message of a converter's error is shown if the converter is one of this package", () => {
    expect(refusalReason(outOfRange('it must be a valid Date'))).to.equal('it must be a valid Date');
    expect(refusalReason(wrongType('it must be a Date, not string'))).to.equal('it must be a Date, not string');
  });

  it("The message of a converter's error is not shown if it comes from elsewhere, because it may quote the value", () => {
    const errors = [
      new RangeError('hunter2 is too long'),
      new TypeError('hunter2'),
      thrown(() => BigInt(1234.5)),
      thrown(() => JSON.parse('hunter2')),
      'hunter2',
      undefined,
    ];
    expect(errors.map((error) => refusalReason(error))).to.deep.equal(errors.map(() => undefined));
  });
});
