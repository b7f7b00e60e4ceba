import { expect } from 'chai';
import fc from 'fast-check';
import { EntitableError } from '../../src/errors/entitable-error.js';
import {
  composeKey,
  parseKey,
  parseTemplate,
  plainTemplate,
  type KeyTemplate,
} from '../../src/metadata/key-template.js';

const HEAD = { key: 'RowKey', className: 'Thing' } as const;

function template(text: string, ...names: readonly string[]): KeyTemplate {
  const problems: string[] = [];
  const parsed = parseTemplate(HEAD, text, new Map(names.map((name) => [name, { name }])), (problem) =>
    problems.push(problem),
  );
  expect(problems).to.deep.equal([]);
  return parsed;
}

/** Composed keys are a stored format: a change here makes rows of earlier versions unreadable. */
const GOLDEN: readonly (readonly [text: string, values: Readonly<Record<string, string>>, key: string])[] = [
  ['TENANT|{a}|{b}', { a: 'acme', b: 'orders' }, 'TENANT|acme|orders'],
  ['TENANT|{a}|{b}', { a: 'a|b', b: 'a|b' }, 'TENANT|a~7Cb|a|b'],
  ['TENANT|{a}|{b}', { a: '', b: '' }, 'TENANT||'],
  ['{a}|{b}', { a: '~', b: '~7C' }, '~7E|~7E7C'],
  ['{a}', { a: 'one/two\\three#four?five' }, 'one~2Ftwo~5Cthree~23four~3Ffive'],
  ['{a}', { a: '\u0000\t\n\u001F\u007F\u0080\u009F' }, '~00~09~0A~1F~7F~80~9F'],
  ['{a}', { a: 'Ünïcode 漢字 😀 %20 \'"' }, 'Ünïcode 漢字 😀 %20 \'"'],
  ['{a}→{b}', { a: 'x→y', b: 'x→y' }, 'x~u2192y→x→y'],
  ['{a}😀{b}', { a: '😀😁', b: '😀' }, '~uD83D~uDE00😁😀😀'],
  ['{a}--{b}', { a: 'x-y', b: '-z' }, 'x~2Dy---z'],
  ['{a}7{b}', { a: '7|~', b: '1' }, '~37|~7E71'],
  ['order|{a}', { a: 'x' }, 'order|x'],
  ['settings', {}, 'settings'],
];

describe('A key template', () => {
  for (const [text, values, key] of GOLDEN) {
    it(`The key template '${text}' composes ${JSON.stringify(key)} from ${JSON.stringify(values)}, and parses it`, () => {
      const parsed = template(text, ...Object.keys(values));
      expect(composeKey(parsed, values)).to.equal(key);
      expect(parseKey(parsed, key)).to.deep.equal(Object.values(values));
    });
  }

  const literal = fc
    .string({ unit: 'grapheme-composite', minLength: 1, maxLength: 3 })
    .filter((text) => !/[{}~/\\#?\p{Cc}\p{Cs}]/u.test(text));
  const part = fc.oneof(
    fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
    fc.string({ unit: fc.constantFrom('|', '~', '7', 'C', 'u', '/', 'a', '-', '😀', '\u0000', '\u009F') }),
  );

  it('A key template parses any parts that it composes', () => {
    fc.assert(
      fc.property(
        fc.array(literal, { minLength: 1, maxLength: 4 }),
        fc.array(part, { minLength: 5, maxLength: 5 }),
        (separators, values) => {
          const names = [...separators.keys(), separators.length].map((index) => `p${index}`);
          const text = names.map((name, index) => `{${name}}${separators[index] ?? ''}`).join('');
          const parsed = template(text, ...names);
          const source = Object.fromEntries(names.map((name, index) => [name, values[index]!]));
          const key = composeKey(parsed, source);
          expect(parseKey(parsed, key)).to.deep.equal(Object.values(source));
          expect(key).not.to.match(/[/\\#?\p{Cc}]/u);
        },
      ),
      { seed: 7, numRuns: 3000 },
    );
  });

  it('A key template accepts a key only if composing its parts again produces the same key', () => {
    const parsed = template('k|{a}|{b}', 'a', 'b');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('k', '|', '~', '7', 'C', 'E', 'u', 'x', '2', 'F') }), (tail) => {
        const key = `k|${tail}`;
        let values: readonly unknown[];
        try {
          values = parseKey(parsed, key);
        } catch (error) {
          expect(EntitableError.is(error, 'key.unparsable')).to.equal(true);
          return;
        }
        expect(composeKey(parsed, { a: values[0], b: values[1] })).to.equal(key);
      }),
      { seed: 7, numRuns: 3000 },
    );
  });

  for (const key of [
    'TENANT',
    'TENANT|a',
    'tenant|a|b',
    'TENANT|~7|b',
    'TENANT|~41|b',
    'TENANT|~7c|b',
    'TENANT|a|~',
    '',
  ]) {
    it(`The key template 'TENANT|{a}|{b}' cannot produce ${JSON.stringify(key)}, so parsing throws key.unparsable`, () => {
      expect(() => parseKey(template('TENANT|{a}|{b}', 'a', 'b'), key))
        .to.throw(EntitableError)
        .with.property('code', 'key.unparsable');
    });
  }

  const WRONG: readonly (readonly [string, readonly string[], string])[] = [
    ['', ['a'], "rowKey: '' is empty: name a key property in braces, or give the key a constant text"],
    ['{a}{b}', ['a', 'b'], "rowKey: '{a}{b}' has nothing between {a} and {b}: separate them, e.g. with |"],
    [
      'T#{a}',
      ['a'],
      `rowKey: 'T#{a}' holds "#" (U+0023) outside its placeholders, where neither / \\ # ? ~ { } nor a control character can stand`,
    ],
    [
      'T~{a}',
      ['a'],
      `rowKey: 'T~{a}' holds "~" (U+007E) outside its placeholders, where neither / \\ # ? ~ { } nor a control character can stand`,
    ],
    [
      'T{{a}',
      ['a'],
      `rowKey: 'T{{a}' holds "{" (U+007B) outside its placeholders, where neither / \\ # ? ~ { } nor a control character can stand`,
    ],
    [
      'T\n{a}',
      ['a'],
      `rowKey: 'T\n{a}' holds U+000A outside its placeholders, where neither / \\ # ? ~ { } nor a control character can stand`,
    ],
    ['{b}', ['b', 'a'], "rowKey: '{b}' leaves out {a}: a key that leaves out a part could not be read back"],
    ['{a}|{c}', ['a'], "rowKey: '{a}|{c}' names {c}, which is no @RowKey property"],
    ['{a}|{a}', ['a'], "rowKey: '{a}|{a}' names {a} twice"],
  ];
  for (const [text, names, problem] of WRONG) {
    it(`The key template ${JSON.stringify(text)} is rejected with an explanation`, () => {
      const problems: string[] = [];
      parseTemplate(HEAD, text, new Map(names.map((name) => [name, { name }])), (found) => problems.push(found));
      expect(problems).to.include(problem);
    });
  }
});

describe('A key without a template', () => {
  const plain = plainTemplate(HEAD, { name: 'id' });

  it('A key without a template is the unchanged text of its property, including what templates escape', () => {
    expect(composeKey(plain, { id: 'a~7C|b' })).to.equal('a~7C|b');
    expect(parseKey(plain, 'a~7C|b')).to.deep.equal(['a~7C|b']);
  });

  const REFUSED: readonly (readonly [unknown, string, string])[] = [
    ['a/b', 'key.forbidden-character', 'Thing.id holds "/" (U+002F), which the service forbids in keys'],
    ['a\u0007b', 'key.forbidden-character', 'Thing.id holds U+0007, which the service forbids in keys'],
    ['a\u0085b', 'key.forbidden-character', 'Thing.id holds U+0085, which the service forbids in keys'],
    ['\uD800', 'key.unpaired-surrogate', 'Thing.id holds half of a surrogate pair'],
    [undefined, 'key.missing-part', 'Thing.id is undefined, and the RowKey is composed of it'],
    [null, 'key.missing-part', 'Thing.id is null, and the RowKey is composed of it'],
    [5, 'key.wrong-type', 'Thing.id is part of the RowKey and must be a string, not number'],
  ];
  for (const [value, code, message] of REFUSED) {
    it(`A key without a template rejects ${JSON.stringify(value) ?? 'undefined'} with ${code} (source: documentation)`, () => {
      expect(() => composeKey(plain, { id: value }))
        .to.throw(EntitableError, message)
        .with.property('code', code);
    });
  }
});
