import { expect } from 'chai';
import fc from 'fast-check';
import { Guid } from '../../src/edm/guid.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { AnyConverter } from '../../src/metadata/converter.js';
import { newestFirst, oldestFirst } from '../../src/metadata/converters/date-keys.js';
import { decimal } from '../../src/metadata/converters/decimal.js';
import {
  ascendingBigInt,
  ascendingInteger,
  descendingBigInt,
  descendingInteger,
  guidKey,
} from '../../src/metadata/converters/integer-keys.js';
import { json } from '../../src/metadata/converters/json.js';
import { enumOf, oneOf } from '../../src/metadata/converters/one-of.js';

enum Colour {
  Red = 'red',
  Blue = 'blue',
}
enum Level {
  Low,
  High = 10,
}

const YEAR_1 = Date.parse('0001-01-01T00:00:00.000Z');
const YEAR_0 = Date.parse('0000-01-01T00:00:00.000Z');
const YEAR_9999 = Date.parse('9999-12-31T23:59:59.999Z');
const date = (min: number) => fc.integer({ min, max: YEAR_9999 }).map((time) => new Date(time));
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const safe = fc.maxSafeInteger().map((value) => value + 0);

const ORDERED: readonly (readonly [name: string, AnyConverter, fc.Arbitrary<Date | number | bigint>])[] = [
  ['newestFirst', newestFirst, date(YEAR_1)],
  ['oldestFirst', oldestFirst, date(YEAR_0)],
  ['ascendingInteger', ascendingInteger, safe],
  ['descendingInteger', descendingInteger, safe],
  ['ascendingBigInt', ascendingBigInt, int64],
  ['descendingBigInt', descendingBigInt, int64],
];

describe('A key converter', () => {
  for (const [name, converter, values] of ORDERED) {
    it(`The key converter ${name} reads back every value`, () => {
      fc.assert(
        fc.property(values, (value) => {
          expect(converter.fromStored(converter.toStored(value))).to.deep.equal(value);
        }),
        { seed: 3, numRuns: 1000 },
      );
    });

    it(`The key converter ${name} sorts in ${converter.order === 'preserved' ? 'the order of its values' : 'reverse order'}, even with more text after it`, () => {
      fc.assert(
        fc.property(values, values, fc.string(), fc.string(), (left, right, behindLeft, behindRight) => {
          fc.pre(left.valueOf() !== right.valueOf());
          const [first, second] = [
            `${String(converter.toStored(left))}|${behindLeft}`,
            `${String(converter.toStored(right))}|${behindRight}`,
          ];
          expect(first < second).to.equal(converter.order === 'preserved' ? left < right : left > right);
        }),
        { seed: 3, numRuns: 1000 },
      );
    });
  }

  const GOLDEN: readonly (readonly [string, AnyConverter, unknown, string])[] = [
    ['newestFirst', newestFirst, new Date('2026-11-21T09:30:00.123Z'), '2516070473998769999'],
    ['newestFirst', newestFirst, new Date(YEAR_1), '3155378975999999999'],
    ['oldestFirst', oldestFirst, new Date('2026-11-21T09:30:00.123Z'), '2026-11-21T09:30:00.123Z'],
    ['ascendingInteger', ascendingInteger, 42, '0000000000000042'],
    ['ascendingInteger', ascendingInteger, -1, '-9999999999999999'],
    ['descendingInteger', descendingInteger, 42, '09007199254740949'],
    ['ascendingBigInt', ascendingBigInt, 42n, '0000000000000000042'],
    ['ascendingBigInt', ascendingBigInt, -(2n ** 63n), '-0776627963145224192'],
    ['descendingBigInt', descendingBigInt, 42n, '09223372036854775765'],
    ['guidKey', guidKey, Guid.parse('C9DA6455-213D-42C9-9A79-3E9149A57833'), 'c9da6455-213d-42c9-9a79-3e9149a57833'],
  ];
  for (const [name, converter, value, text] of GOLDEN) {
    it(`The key converter ${name} stores ${String(value)} as ${text}, which is a stored format`, () => {
      expect(converter.toStored(value)).to.equal(text);
    });
  }

  it('The key converter newestFirst reads the finer keys of .NET programs, rounded down to the millisecond', () => {
    expect(newestFirst.fromStored('2516070473998765432')).to.deep.equal(new Date('2026-11-21T09:30:00.123Z'));
    expect(newestFirst.fromStored('0000000000000000000')).to.deep.equal(new Date(YEAR_9999));
  });

  const REFUSED: readonly (readonly [string, AnyConverter, unknown, found: string])[] = [
    ['newestFirst', newestFirst, new Date(Number.NaN), 'another value'],
    ['newestFirst', newestFirst, new Date(YEAR_1 - 1), 'another value'],
    ['newestFirst', newestFirst, '2026', 'another type'],
    ['oldestFirst', oldestFirst, new Date(YEAR_9999 + 1), 'another value'],
    ['ascendingInteger', ascendingInteger, 0.5, 'another value'],
    ['ascendingInteger', ascendingInteger, 2 ** 53, 'another value'],
    ['ascendingInteger', ascendingInteger, 5n, 'another type'],
    ['descendingBigInt', descendingBigInt, 2n ** 63n, 'another value'],
    ['descendingBigInt', descendingBigInt, 5, 'another type'],
    ['guidKey', guidKey, 'c9da6455-213d-42c9-9a79-3e9149a57833', 'another type'],
  ];
  for (const [name, converter, value, found] of REFUSED) {
    it(`The key converter ${name} rejects the ${typeof value} ${String(value)} for its ${found.replace('another ', '')}`, () => {
      expect(() => converter.toStored(value))
        .to.throw(EntitableError)
        .with.nested.property('details.found', found);
    });
  }

  const UNREADABLE: readonly (readonly [string, AnyConverter, readonly string[]])[] = [
    ['newestFirst', newestFirst, ['', '12', '-515819985998769999', '25160704739987699990']],
    ['oldestFirst', oldestFirst, ['', '2026-11-21', '2026-11-21T09:30:00Z', '2026-02-30T00:00:00.000Z']],
    ['ascendingInteger', ascendingInteger, ['', '42', '-0000000000000000', '9007199254740992', '+000000000000042']],
    ['descendingInteger', descendingInteger, ['', '42', '99999999999999999']],
    ['guidKey', guidKey, ['', 'C9DA6455-213D-42C9-9A79-3E9149A57833']],
  ];
  for (const [name, converter, texts] of UNREADABLE) {
    it(`The key converter ${name} reads only texts that it writes`, () => {
      for (const text of texts) expect(() => converter.fromStored(text), text).to.throw();
    });
  }
});

describe('A property converter', () => {
  it('The converter json reads back any JSON value', () => {
    const converter = json<unknown>();
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(converter.fromStored(converter.toStored(value))).to.deep.equal(JSON.parse(JSON.stringify(value)));
      }),
      { seed: 3 },
    );
  });

  it('The converter json rejects values without a JSON form', () => {
    expect(() => json<unknown>().toStored(() => 1)).to.throw(EntitableError, 'the value has no JSON form');
    expect(() => json<unknown>().toStored(1n)).to.throw(EntitableError, 'the value has no JSON form');
  });

  it('The converter oneOf stores its strings and rejects all others, on writing and on reading', () => {
    const converter = oneOf('open', 'shipped');
    expect(converter).to.include({ type: 'String', order: 'preserved' });
    expect(converter.fromStored(converter.toStored('open'))).to.equal('open');
    expect(() => converter.toStored('lost' as never)).to.throw(EntitableError, 'it must be one of "open", "shipped"');
    expect(() => converter.fromStored('lost')).to.throw(EntitableError);
  });

  it('The converter enumOf stores a string enum as a String and a numeric enum as an Int32', () => {
    expect(enumOf(Colour)).to.include({ type: 'String' });
    expect(enumOf(Colour).toStored(Colour.Blue)).to.equal('blue');
    expect(enumOf(Level)).to.include({ type: 'Int32' });
    expect([Level.Low, Level.High].map((level) => enumOf(Level).toStored(level))).to.deep.equal([0, 10]);
    expect(() => enumOf(Level).toStored(5 as never)).to.throw(EntitableError, 'it must be one of 0, 10');
    expect(() => enumOf({ half: 0.5 })).to.throw(EntitableError);
  });

  it('The converter decimal stores any decimal exactly, as text', () => {
    const converter = decimal();
    for (const text of ['0', '-12.50', '123456789012345678901234567890.000000000000000001']) {
      expect(converter.fromStored(converter.toStored(text))).to.equal(text);
    }
    for (const text of ['', '+1', '1.', '.5', '01', '1e5', 'NaN', '1,5']) {
      expect(() => converter.toStored(text), text).to.throw(EntitableError);
    }
    expect(() => converter.toStored(5 as never)).to.throw(EntitableError);
  });

  it('The converter decimal with a scale stores the smallest unit as an Int64, in numeric order', () => {
    const converter = decimal({ scale: 2 });
    expect(['12.50', '-0.05', '7', '0.1'].map((text) => converter.toStored(text))).to.deep.equal([
      1250n,
      -5n,
      700n,
      10n,
    ]);
    expect([1250n, -5n, 0n].map((units) => converter.fromStored(units))).to.deep.equal(['12.50', '-0.05', '0.00']);
    expect(decimal({ scale: 0 }).fromStored(-7n)).to.equal('-7');
    expect(() => converter.toStored('0.005')).to.throw(EntitableError, 'it must have at most 2 fraction digits');
    expect(() => converter.toStored('92233720368547758.08')).to.throw(EntitableError);
    expect(() => decimal({ scale: 19 })).to.throw(EntitableError);
    fc.assert(
      fc.property(int64, (units) => {
        expect(converter.toStored(converter.fromStored(units))).to.equal(units);
      }),
      { seed: 3 },
    );
  });
});
