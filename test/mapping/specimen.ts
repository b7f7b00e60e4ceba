import fc from 'fast-check';
import { Entity, ETag, PartitionKey, Property, RowKey, Timestamp } from '../../decorators/index.js';
import { DATE_TIME_RANGE } from '../../src/edm/date-time.js';
import { Guid } from '../../src/edm/guid.js';
import { newestFirst } from '../../src/metadata/converters/date-keys.js';
import { decimal } from '../../src/metadata/converters/decimal.js';
import { ascendingBigInt } from '../../src/metadata/converters/integer-keys.js';
import { json } from '../../src/metadata/converters/json.js';
import { defineEntity } from '../../src/metadata/define-entity.js';

const price = decimal({ scale: 3 });
const data = json<unknown>();

/** An entity with every EDM type, converters, and composed keys of several types. */
@Entity({ table: 'Specimens', partitionKey: 'p|{group}', rowKey: '{at}|{number}|{name}' })
export class Specimen {
  @PartitionKey() group!: PartitionKey;
  @RowKey({ converter: newestFirst }) at!: RowKey<Date>;
  @RowKey({ converter: ascendingBigInt, name: 'number', type: 'Int64' }) number!: RowKey<bigint>;
  @RowKey() name!: RowKey;
  @Property({ type: 'String' }) text?: string | undefined;
  @Property({ type: 'Int32' }) int?: number | undefined;
  @Property({ type: 'Int64', name: 'long_value' }) long?: bigint | undefined;
  @Property({ type: 'Double' }) double?: number | undefined;
  @Property({ type: 'Boolean' }) flag?: boolean | undefined;
  @Property({ type: 'DateTime' }) date?: Date | undefined;
  @Property({ type: 'Guid' }) guid?: Guid | undefined;
  @Property({ type: 'Binary' }) bytes?: Uint8Array | undefined;
  @Property({ converter: price }) price?: string | undefined;
  @Property({ converter: data }) data?: unknown;
  @ETag() etag?: string | undefined;
  @Timestamp() updatedAt?: Date | undefined;
}

/** The same entity without decorators. */
export class Described {
  group!: PartitionKey;
  at!: RowKey<Date>;
  number!: RowKey<bigint>;
  name!: RowKey;
  text?: string | undefined;
  int?: number | undefined;
  long?: bigint | undefined;
  double?: number | undefined;
  flag?: boolean | undefined;
  date?: Date | undefined;
  guid?: Guid | undefined;
  bytes?: Uint8Array | undefined;
  price?: string | undefined;
  data?: unknown;
  etag?: string | undefined;
  updatedAt?: Date | undefined;
}

defineEntity(Described, {
  table: 'Specimens',
  partitionKey: 'p|{group}',
  rowKey: '{at}|{number}|{name}',
  properties: {
    group: 'PartitionKey',
    at: { key: 'RowKey', converter: newestFirst },
    number: { key: 'RowKey', converter: ascendingBigInt, name: 'number', type: 'Int64' },
    name: 'RowKey',
    text: 'String',
    int: 'Int32',
    long: { type: 'Int64', name: 'long_value' },
    double: 'Double',
    flag: 'Boolean',
    date: 'DateTime',
    guid: 'Guid',
    bytes: 'Binary',
    price: { converter: price },
    data: { converter: data },
    etag: 'ETag',
    updatedAt: 'Timestamp',
  },
});

const text = fc.string({ unit: 'binary', maxLength: 40 });
const int64 = fc.oneof(
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 0n, -1n, 2n ** 53n + 1n),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const date = fc.oneof(
  fc.constantFrom(DATE_TIME_RANGE.first, DATE_TIME_RANGE.last, -1, 0).map((time) => new Date(time)),
  fc.date({ min: new Date(DATE_TIME_RANGE.first), max: new Date(DATE_TIME_RANGE.last), noInvalidDate: true }),
);
const double = fc.oneof(fc.constantFrom(Number.NaN, -0, 0, Infinity, -Infinity, 5e-324, 20, 2 ** 53), fc.double());
const int32 = fc.oneof(fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 0), fc.integer());
/** Views of larger buffers: only the bytes of the view must be written. */
const bytes = fc.uint8Array({ maxLength: 40 }).map((whole) => whole.subarray(Math.min(2, whole.length)));
const absent = <V>(value: fc.Arbitrary<V>): fc.Arbitrary<V | undefined> => fc.option(value, { nil: undefined });

/** Generates any entity that can be stored: all values of all types, with each property sometimes absent. */
export const specimens: fc.Arbitrary<Specimen> = fc
  .record({
    group: text,
    at: date,
    number: int64,
    name: text,
    text: absent(text),
    int: absent(int32),
    long: absent(int64),
    double: absent(double),
    flag: absent(fc.boolean()),
    date: absent(date),
    guid: absent(fc.uuid().map((id) => Guid.parse(id))),
    bytes: absent(bytes),
    price: absent(fc.integer().map((units) => price.fromStored(BigInt(units)))),
    // null is as absent as undefined, and JSON has no -0.
    data: absent(fc.jsonValue().map((value) => (JSON.parse(JSON.stringify(value)) ?? undefined) as unknown)),
  })
  .map((values) => Object.assign(new Specimen(), values));

/** Returns the values of an entity in a form that can be compared by content, without those that the store sets. */
export function content(entity: object): object {
  const { etag: _etag, updatedAt: _updatedAt, ...values } = entity as Specimen;
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, comparable(value)]));
}

function comparable(value: unknown): unknown {
  if (value instanceof Date) return `Date ${value.toISOString()}`;
  if (Guid.is(value)) return `Guid ${value.toString()}`;
  return value instanceof Uint8Array ? `bytes ${Buffer.from(value).toString('hex')}` : value;
}
