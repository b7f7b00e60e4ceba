import { expect } from 'chai';
import fc from 'fast-check';
import { Guid } from '../../../src/edm/guid.js';
import { ticks } from '../../../src/metadata/converters/ticks.js';
import { newestFirst } from '../../../src/metadata/converters/date-keys.js';
import { descendingInteger } from '../../../src/metadata/converters/integer-keys.js';
import { defineEntity } from '../../../src/metadata/define-entity.js';
import type { EntityMetadata } from '../../../src/metadata/entity-metadata.js';
import { index, type IndexSpec } from '../../../src/metadata/indexes/declaration.js';
import { ENTITY_PARTITION, ENTITY_ROW } from '../../../src/metadata/indexes/index-metadata.js';
import { composeKey, parseKey } from '../../../src/metadata/key-template.js';
import type { EntityClass } from '../../../src/metadata/key-types.js';
import { metadataOf } from '../../../src/metadata/metadata-of.js';

const PROPERTIES = {
  tenant: 'PartitionKey',
  id: 'RowKey',
  text: 'String',
  other: 'String',
  int32: 'Int32',
  int64: 'Int64',
  double: 'Double',
  date: 'DateTime',
  exact: { converter: ticks() },
  newest: { converter: newestFirst },
  guid: 'Guid',
  boolean: 'Boolean',
};

/** Returns the class of a row key template with one index, and the mapping of its entries. */
function declare(spec: IndexSpec, rowKey = 'user|{id}', name = 'by'): { of: EntityMetadata; entries: EntityMetadata } {
  const entityClass = class {};
  const schema = { table: 'Users', rowKey, properties: PROPERTIES, indexes: { [name]: index(spec) } };
  (defineEntity as (given: EntityClass, described: unknown) => void)(entityClass, schema);
  const of = metadataOf(entityClass);
  return { of, entries: of.indexes[0]!.entries };
}

const entriesBy = (...on: NonNullable<IndexSpec['on']>): EntityMetadata => declare({ on }).entries;

const sign = (number: number): number => Math.sign(number);
const compare = <V extends bigint | number | string>(left: V, right: V): number =>
  left < right ? -1 : left > right ? 1 : 0;

const FIRST = -11_644_473_600_000;
const LAST = 253_402_300_799_999;
/** Texts in which short runs of the characters that are escaped are frequent. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(' ', '!', '"', '~', '#', 'a', 'i', 'é', '\u{1f600}', '\uffff'), maxLength: 5 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
/** Texts that sort in a key as they do themselves. */
const ordered = fc.string({
  unit: fc.constantFrom(' ', '!', '"', '$', '0', 'A', 'a', '|', '}', '\u00a0', 'é', '\u{1f600}', '\uffff'),
  maxLength: 5,
});
const date = fc.integer({ min: FIRST, max: LAST }).map((time) => new Date(time));
const double = fc.double({ noNaN: true }).map((value) => (value === 0 ? 0 : value));

/** A property, the values that it can have, and the order of their texts compared with theirs. */
const TYPES: readonly (readonly [
  part: NonNullable<IndexSpec['on']>[number],
  values: fc.Arbitrary<unknown>,
  order: ((left: never, right: never) => number) | undefined,
])[] = [
  ['text', ordered, (left: string, right: string) => compare(left, right)],
  ['id', ordered, (left: string, right: string) => compare(left, right)],
  ['int32', fc.integer(), (left: number, right: number) => left - right],
  [['int32', descendingInteger], fc.integer(), (left: number, right: number) => right - left],
  ['int64', fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (left: bigint, right: bigint) => compare(left, right)],
  ['double', double, (left: number, right: number) => compare(left, right)],
  ['date', date, (left: Date, right: Date) => left.getTime() - right.getTime()],
  [['date', newestFirst], date, (left: Date, right: Date) => right.getTime() - left.getTime()],
  ['newest', date, (left: Date, right: Date) => right.getTime() - left.getTime()],
  [
    'exact',
    fc.bigInt(504_911_232_000_000_000n, 3_155_378_975_999_999_999n),
    (left: bigint, right: bigint) => compare(left, right),
  ],
  ['boolean', fc.boolean(), undefined],
  ['guid', fc.uuid().map((id) => Guid.parse(id)), undefined],
  ['text', text, undefined],
];

const nameOf = (part: (typeof TYPES)[number][0]): string => (typeof part === 'string' ? part : part[0]);

describe('The keys of the entries of an index', () => {
  for (const [part, values, order] of TYPES) {
    const name = nameOf(part);
    const title = typeof part === 'string' ? name : `${name} with a text of its own`;

    if (order !== undefined) {
      it(`Entries by ${title} sort like the values, and entries of equal values by the next property`, () => {
        const { rowKey } = entriesBy(part, 'other');
        const keyOf = (value: unknown, other: string, row: string): string =>
          composeKey(rowKey, { [name]: value, other, [ENTITY_ROW]: row });
        fc.assert(
          fc.property(values, values, ordered, ordered, ordered, ordered, (left, right, a, b, x, y) => {
            const byKey = compare(keyOf(left, a, x), keyOf(right, b, y));
            expect(byKey).to.equal(sign(order(left as never, right as never)) || compare(a, b) || compare(x, y));
            expect(compare(keyOf(left, a, x), keyOf(left, b, y))).to.equal(compare(a, b) || compare(x, y));
          }),
        );
      });
    }

    it(`The value of ${title} and the key of its entity are read back from an entry${order === undefined ? ', whatever they hold' : ''}`, () => {
      const { rowKey } = entriesBy(part, 'other');
      fc.assert(
        fc.property(values, text, text, (value, other, row) => {
          const key = composeKey(rowKey, { [name]: value, other, [ENTITY_ROW]: row });
          expect(parseKey(rowKey, key)).to.deep.equal([value, other, row]);
        }),
      );
    });
  }

  it('All forms of NaN have one text, and -0 that of 0', () => {
    const { rowKey } = entriesBy('double');
    const keyOf = (value: number): string => composeKey(rowKey, { double: value, [ENTITY_ROW]: 'r' });
    const bits = new DataView(new ArrayBuffer(8));
    bits.setBigUint64(0, 0xfff8_0000_0000_0001n);
    expect([Number.NaN, bits.getFloat64(0), -0, 0, Infinity].map(keyOf)).to.deep.equal([
      '~iuser|~by fff8000000000000 r',
      '~iuser|~by fff8000000000000 r',
      '~iuser|~by 8000000000000000 r',
      '~iuser|~by 8000000000000000 r',
      '~iuser|~by fff0000000000000 r',
    ]);
    expect(() => parseKey(rowKey, '~iuser|~by 7fffffffffffffff r')).to.throw('is none that the template');
  });

  it('A text that cannot be read back makes the keys of its entries, e.g. one in lower case', () => {
    const { entries } = declare({ on: [['text', { toStored: (value: string) => value.toLowerCase() }]], unique: true });
    expect(composeKey(entries.rowKey, { text: 'Ann Lee' })).to.equal('~iuser|~by ann!!lee');
  });

  it('A text that is no string is refused as the value of a wrong type', () => {
    const { entries } = declare({ on: [['text', { toStored: (() => 5) as never }]] });
    expect(() => composeKey(entries.rowKey, { text: 'a', [ENTITY_ROW]: 'r' })).to.throw(
      'by.text cannot be part of the RowKey: its text in the index must be a string, not number.',
    );
  });

  it('Entries in a table of their own hold the values and both keys of the entity, and are read back', () => {
    const { entries } = declare({ partition: ['text', 'int32'], on: ['other'] });
    const { partitionKey, rowKey } = entries;
    expect(
      composeKey(partitionKey, { text: 'a b', int32: 5 }) +
        ' / ' +
        composeKey(rowKey, { other: 'x!', [ENTITY_PARTITION]: 't t', [ENTITY_ROW]: 'user|7' }),
    ).to.equal('a!!b 0000000000000005 / x!" t!!t user|7');
    fc.assert(
      fc.property(text, fc.integer(), text, text, text, (first, int32, other, partition, row) => {
        const source = { text: first, int32, other, [ENTITY_PARTITION]: partition, [ENTITY_ROW]: row };
        expect(parseKey(partitionKey, composeKey(partitionKey, source))).to.deep.equal([first, int32]);
        expect(parseKey(rowKey, composeKey(rowKey, source))).to.deep.equal([other, partition, row]);
      }),
    );
  });
});

describe('The ranges of keys of entries', () => {
  const literal = fc.string({ unit: fc.constantFrom('i', 'u', 'b', 'y', '|', ' ', '!', '-'), maxLength: 3 });
  const indexName = fc.string({ unit: fc.constantFrom('i', 'b', 'y', '2'), minLength: 1, maxLength: 3 });

  it('No entry is in the range of another index, of the same class or of another class of the table', () => {
    fc.assert(
      fc.property(literal, indexName, literal, indexName, text, (one, name, other, otherName, value) => {
        fc.pre(one !== other || name !== otherName);
        const { entries } = declare({ on: ['text'] }, `${one}{id}`, name);
        const { rowKey } = declare({ on: ['text'] }, `${other}{id}`, otherName).entries;
        const key = composeKey(rowKey, { text: value, [ENTITY_ROW]: 'r' });
        const start = entries.rowKey.literals[0]!;
        expect(start).to.equal(`~i${one}~${name} `);
        expect(key.startsWith(start) || (key >= start && key < `${start.slice(0, -1)}!`)).to.equal(false);
        expect(() => parseKey(entries.rowKey, key)).to.throw('is none that the template');
      }),
    );
  });

  it('No template yields the key of an entry, and no entry has the key of an entity', () => {
    fc.assert(
      fc.property(
        literal,
        fc.oneof(text, fc.constantFrom('~i', 'i', '~iuser|~by a')),
        literal,
        text,
        (head, id, tail, value) => {
          const { of, entries } = declare({ on: ['text'] }, `${head}{id}${tail}`);
          const key = composeKey(of.rowKey, { id });
          expect(key.startsWith('~i')).to.equal(false);
          const entry = composeKey(entries.rowKey, { text: value, [ENTITY_ROW]: key });
          expect(entry.startsWith('~i')).to.equal(true);
          expect(() => parseKey(of.rowKey, entry)).to.throw('is none that the template');
        },
      ),
    );
  });
});
