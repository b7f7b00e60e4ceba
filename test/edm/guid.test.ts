import { inspect, isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { readDigitsOf, Guid } from '../../src/edm/guid.js';
import { EntitableError } from '../../src/errors/entitable-error.js';

const TEXT = 'c9da6455-213d-42c9-9a79-3e9149a57833';

/** Returns a Guid that has been read from digits and has no text yet. */
function readBack(text: string): Guid {
  const digits = new Int32Array(4);
  expect(readDigitsOf(text, digits)).to.equal(true);
  return Guid.ofDigits(digits);
}

describe('Guid', () => {
  it('A Guid is parsed from text in any case and printed in lower case', () => {
    expect(Guid.parse(TEXT.toUpperCase()).toString()).to.equal(TEXT);
  });

  it('A Guid is a plain string in JSON', () => {
    expect(JSON.stringify({ id: Guid.parse(TEXT) })).to.equal(`{"id":"${TEXT}"}`);
  });

  it('A Guid is compared by its digits by deep comparison', () => {
    expect(Guid.parse(TEXT)).to.deep.equal(Guid.parse(TEXT.toUpperCase()));
    expect(Guid.parse(TEXT)).not.to.deep.equal(Guid.random());
    expect(isDeepStrictEqual(Guid.parse(TEXT), Guid.parse(TEXT))).to.equal(true);
    expect(isDeepStrictEqual(Guid.parse(TEXT), Guid.random())).to.equal(false);
  });

  it('A Guid equals another one with the same digits', () => {
    expect(Guid.parse(TEXT).equals(Guid.parse(TEXT.toUpperCase()))).to.equal(true);
    expect(Guid.parse(TEXT).equals(Guid.random())).to.equal(false);
  });

  it('A Guid has the same text and is equal whether it was parsed or read from digits', () => {
    fc.assert(
      fc.property(fc.uuid(), (text) => {
        const read = readBack(text);
        expect(read).to.deep.equal(Guid.parse(text));
        expect(isDeepStrictEqual(read, Guid.parse(text.toUpperCase()))).to.equal(true);
        expect([read.toString(), JSON.stringify(read), inspect(read)]).to.deep.equal([
          text,
          `"${text}"`,
          `Guid ${text}`,
        ]);
        expect(read).to.deep.equal(Guid.parse(text)); // now that `read` has its text, too
        expect([read.equals(Guid.parse(text)), Guid.parse(text).equals(read)]).to.deep.equal([true, true]);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('A Guid stays a Guid as a clone made by another library, and behind a proxy', () => {
    for (const made of [Guid.parse(TEXT), readBack(TEXT)]) {
      const copy = Object.create(Guid.prototype, Object.getOwnPropertyDescriptors(made)) as Guid;
      for (const other of [copy, new Proxy(made, {})]) {
        expect([String(other), JSON.stringify([other]), inspect(copy), Guid.is(other)]).to.deep.equal([
          TEXT,
          `["${TEXT}"]`,
          `Guid ${TEXT}`,
          true,
        ]);
        expect([other.equals(made), made.equals(other), other.equals(Guid.random())]).to.deep.equal([
          true,
          true,
          false,
        ]);
        expect(other).to.deep.equal(made);
      }
    }
  });

  it('A Guid has no property with a name', () => {
    expect(Object.getOwnPropertyNames(Guid.random())).to.deep.equal([]);
  });

  it('A Guid shows its text in a log', () => {
    expect(inspect({ id: Guid.parse(TEXT) })).to.equal(`{ id: Guid ${TEXT} }`);
  });

  for (const text of ['', 'x', TEXT.slice(1), `${TEXT}0`, `{${TEXT}}`, TEXT.replaceAll('-', ''), `${TEXT}\n`]) {
    it(`Guid.parse refuses ${inspect(text)} without quoting it`, () => {
      expect(() => Guid.parse(text)).to.throw(
        EntitableError,
        'a GUID in the form 00000000-0000-0000-0000-000000000000, not another text.',
      );
      expect(Guid.isText(text)).to.equal(false);
    });
  }

  it('Guid.is recognises a Guid by its brand, even one of another copy of the package', () => {
    const foreign = Object.defineProperty({}, Symbol.for('entitable/Guid'), { value: true });
    expect([Guid.random(), foreign, TEXT, null, {}].map((value) => Guid.is(value))).to.deep.equal([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
