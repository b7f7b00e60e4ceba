import { expect } from 'chai';
import { Entity, index, newestFirst, PartitionKey, Property, RowKey } from '../../src/index.js';
import { onEveryStore } from '../support/every-store.js';

/** A class whose indexes sort by a value of each type. The template of its row key has no leading text. */
@Entity({ table: 'Sorted', rowKey: '{id}' })
class Sorted {
  static readonly byText = index({ on: ['text'] });
  static readonly byInt32 = index({ on: ['int32'] });
  static readonly byInt64 = index({ on: ['int64'] });
  static readonly byDouble = index({ on: ['double'] });
  static readonly byDate = index({ on: ['date'] });
  static readonly byNewest = index({ on: [['date', newestFirst]] });
  @PartitionKey() partition!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) text?: string;
  @Property({ type: 'Int32' }) int32?: number;
  @Property({ type: 'Int64' }) int64?: bigint;
  @Property({ type: 'Double' }) double?: number;
  @Property({ type: 'DateTime' }) date?: Date;
}

/** Values of each property in their order: for text that of its UTF-16 units, except for what is escaped. */
const IN_ORDER = {
  text: [
    '',
    ' ',
    '  ',
    ' !',
    ' a',
    '!',
    '! ',
    '!!',
    '"',
    'A',
    'Ann',
    'Ann ',
    'Ann Lee',
    'Ann!',
    'Anna',
    'a',
    'a|',
    'a}',
    'a/',
    'a~',
    'é',
    '\u{1f600}',
    '\uff21',
  ],
  int32: [-(2 ** 31), -10, -9, -1, 0, 1, 9, 10, 2 ** 31 - 1],
  int64: [-(2n ** 63n), -10n, -1n, 0n, 1n, 10n, 2n ** 63n - 1n],
  double: [-Infinity, -1.5e300, -2, -1, -5e-324, 0, 5e-324, 0.1, 1, 1.5, 10, Infinity],
  date: [
    '1601-01-01T00:00:00.000Z',
    '1969-12-31T23:59:59.999Z',
    '2026-11-21T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
  ].map((text) => new Date(text)),
};

/** Values in an order that is not theirs, and not its reverse. */
const mixed = <V>(values: readonly V[]): readonly V[] => [
  ...values.filter((_, at) => at % 3 === 1),
  ...values.filter((_, at) => at % 3 !== 1).reverse(),
];

onEveryStore('the order of the entries of an index', (open) => {
  for (const [name, by] of [
    ['text', Sorted.byText],
    ['int32', Sorted.byInt32],
    ['int64', Sorted.byInt64],
    ['double', Sorted.byDouble],
    ['date', Sorted.byDate],
    ['date', Sorted.byNewest],
  ] as const) {
    const isReversed = by === Sorted.byNewest;
    it(`is that of the values of ${name}${isReversed ? ', newest first' : ''}`, async () => {
      const { tables } = await open();
      const sorted = tables.repository(Sorted);
      const values: readonly unknown[] = IN_ORDER[name];
      const entities = mixed(values).map((value, at) => sorted.create({ partition: 'p', id: `${at}`, [name]: value }));
      await sorted.insertMany(entities);
      const query = sorted.by(by, { partition: 'p' });
      const expected = isReversed ? [...values].reverse() : values;
      expect((await query.toArray()).map((one) => one[name])).to.deep.equal(expected);
      expect((await query.select(name).toArray()).map((one) => one[name])).to.deep.equal(expected);
      const [low, high] = [values.at(1), values.at(-2)];
      const between = query.where(name as 'int32', 'between', [low, high] as never);
      expect((await between.toArray()).map((one) => one[name])).to.deep.equal(expected.slice(1, -1));
    });
  }
});
