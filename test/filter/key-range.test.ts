import { expect } from 'chai';
import fc from 'fast-check';
import { successor } from '../../src/filter/key-range.js';
import { forbiddenCharacter } from '../../src/metadata/key-text.js';

describe('The successor of a prefix', () => {
  it('The successor of a prefix increments the last character in UTF-16 order, past surrogates, and drops a character without a next one', () => {
    const cases: readonly (readonly [prefix: string, next: string | undefined])[] = [
      ['', undefined],
      ['a', 'b'],
      ['ab', 'ac'],
      ['\uD7FF', '\u{10000}'],
      ['\u{10FFFF}', '\uE000'],
      ['\u{1F600}', '\u{1F601}'],
      ['a\uFFFF', 'b'],
      ['\uFFFF\uFFFF', undefined],
      ['.', '/'],
    ];
    expect(cases.map(([prefix]) => successor(prefix, false))).to.deep.equal(cases.map(([, next]) => next));
  });

  it('The successor of a prefix contains only characters allowed in keys', () => {
    expect(['.', '[', '"', '>', '~', 'a~'].map((prefix) => successor(prefix, true))).to.deep.equal([
      '0',
      ']',
      '$',
      '@',
      '\u00A0',
      'a\u00A0',
    ]);
  });

  for (const inKey of [false, true]) {
    it(`The successor of a prefix is the exact end of the texts that begin with it${inKey ? ', among keys' : ''}`, () => {
      const character = fc.oneof(
        fc.constantFrom(
          'a',
          'b',
          '.',
          '/',
          '0',
          '~',
          '\u00A0',
          '\uD7FF',
          '\u{10000}',
          '\u{10FFFF}',
          '\uE000',
          '\uFFFF',
        ),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      );
      const text = fc.array(character, { maxLength: 3 }).map((characters) => characters.join(''));
      fc.assert(
        fc.property(text, text, (prefix, rest) => {
          const end = successor(prefix, inKey);
          for (const candidate of [prefix + rest, rest + prefix, rest]) {
            if (inKey && forbiddenCharacter(candidate) !== undefined) continue;
            expect(candidate >= prefix && (end === undefined || candidate < end)).to.equal(
              candidate.startsWith(prefix),
            );
          }
        }),
        { seed: 1, numRuns: 2000 },
      );
    });
  }
});
