import { expect } from 'chai';
import fc from 'fast-check';
import { Guid } from '../../src/edm/guid.js';
import { sameData } from '../../src/metadata/same-data.js';

const GUID = 'c9da6455-213d-42c9-9a79-3e9149a57833';

describe('Plain data', () => {
  it('Plain data is equal by content, regardless of the order of members', () => {
    const made = (): unknown => ({
      a: [1, { b: 'x', c: null }],
      d: new Date(5),
      e: new Uint8Array([1]),
      f: Guid.parse(GUID),
    });
    const turned = { f: Guid.parse(GUID), e: new Uint8Array([1]), d: new Date(5), a: [1, { c: null, b: 'x' }] };
    expect(sameData(made(), turned)).to.equal(true);
    expect([sameData(Number.NaN, Number.NaN), sameData(0, -0), sameData(1n, 1n)]).to.deep.equal([true, false, true]);
  });

  it('Plain data is not equal if a member, an item or a type differs', () => {
    const pairs: readonly (readonly [unknown, unknown])[] = [
      [{ a: 1 }, { a: 2 }],
      [{ a: 1 }, { a: 1, b: undefined }],
      [{ a: undefined }, { b: undefined }],
      [
        [1, 2],
        [2, 1],
      ],
      [[1], [1, 2]],
      [[], {}],
      [new Date(1), new Date(2)],
      [new Date(1), 1],
      [new Uint8Array([1]), new Uint8Array([2])],
      [null, undefined],
      [{}, null],
      ['1', 1],
    ];
    expect(pairs.filter(([left, right]) => sameData(left, right) || sameData(right, left))).to.deep.equal([]);
  });

  it('Instances of other classes are not compared as plain data, because their private content is not visible', () => {
    class Money {
      readonly #cents: number;
      constructor(cents: number) {
        this.#cents = cents;
      }
      get cents(): number {
        return this.#cents;
      }
    }
    class Day extends Date {}
    expect(sameData(new Money(1), new Money(1))).to.equal(false);
    expect(sameData(new Day(1), new Day(1))).to.equal(false);
    expect(sameData(new Map(), new Map())).to.equal(false);
  });

  it('Plain data that is circular does not make the comparison endless', () => {
    const circle = (): unknown => {
      const made: { self?: unknown } = {};
      made.self = made;
      return made;
    };
    expect(sameData(circle(), circle())).to.equal(false);
  });

  it('Plain data equals itself after a round trip through JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const again: unknown = JSON.parse(JSON.stringify(value));
        expect(sameData(JSON.parse(JSON.stringify(again)), again)).to.equal(true);
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});
