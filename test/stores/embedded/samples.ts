import * as fc from 'fast-check';
import { DATE_TIME_RANGE, formatDateTime } from '../../../src/edm/date-time.js';
import { doubleText } from '../../../src/edm/literal.js';
import type { Properties } from '../../../src/testing/conformance/table-fixture.js';
import type { TypedText } from '../../../src/testing/conformance/typed-text.js';

/** The number of runs of each property test, and the seed, which makes all runs the same. */
export const RUNS = Object.freeze({ seed: 20_261_121, numRuns: 500 });

const unit = fc.oneof(
  fc.integer({ min: 0x20, max: 0x7e }),
  fc.integer({ min: 0xa0, max: 0x2fff }),
  fc.integer({ min: 0xd7f0, max: 0xe010 }),
  fc.integer({ min: 0xfff0, max: 0xffff }),
);

/** Texts of any UTF-16 units except control characters, including unpaired surrogates. */
export const anyText = fc.array(unit, { maxLength: 12 }).map((units) => String.fromCharCode(...units));

/** Keys that the service accepts. */
export const anyKey = anyText.map((text) => text.replaceAll(/[/\\#?\u007f]/g, '-'));

const instant = fc
  .tuple(fc.integer({ min: DATE_TIME_RANGE.first, max: DATE_TIME_RANGE.last }), fc.integer({ min: 0, max: 9999 }))
  .map(([milliseconds, ticks]) => formatDateTime(milliseconds, ticks));

/** Values of every EDM type. */
export const anyValue: fc.Arbitrary<TypedText> = fc.oneof(
  fc.oneof(anyText, fc.string({ maxLength: 300 })).map((text) => `String ${text}` as const),
  fc.integer().map((value) => `Int32 ${value}` as const),
  fc.double().map((value) => `Double ${doubleText(value)}` as const),
  fc.boolean().map((value) => `Boolean ${value}` as const),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => `Int64 ${value}` as const),
  instant.map((text) => `DateTime ${text}` as const),
  fc.uuid().map((text) => `Guid ${text}` as const),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => `Binary ${Buffer.from(bytes).toString('hex')}` as const),
);

/**
 * Declared names, for values of their own type or another, and undeclared names, including those of `Object.prototype`.
 */
const anyName = fc.constantFrom('s', 'i', 'd', 'b', 'l', 't', 'g', 'x', 'other', 'ñ', 'constructor', 'toString', '_1');

/** Properties. An Int32 under the name of a declared Double is left out, since the fixture reads it as a Double. */
export const anyProperties: fc.Arbitrary<Properties> = fc
  .uniqueArray(fc.tuple(anyName, anyValue), { selector: ([name]) => name, maxLength: 10 })
  .map((entries) => Object.fromEntries(entries.filter(([name, value]) => name !== 'd' || !value.startsWith('Int32'))));
