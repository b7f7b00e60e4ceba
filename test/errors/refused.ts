import { Entity, ETag, PartitionKey, Property, RowKey } from '../../decorators/index.js';
import { DataSource } from '../../src/data-source/data-source.js';
import type { DataSourceOptions } from '../../src/data-source/options.js';
import type { ErrorCode } from '../../src/errors/error-details.js';
import type { EntityValues } from '../../src/metadata/create-types.js';
import type { Converter } from '../../src/metadata/converter.js';
import { not } from '../../src/filter/filter.js';
import { filter } from '../../src/filter/make-filter.js';
import { newestFirst } from '../../src/metadata/converters/date-keys.js';
import { decimal } from '../../src/metadata/converters/decimal.js';
import { json } from '../../src/metadata/converters/json.js';
import { oneOf } from '../../src/metadata/converters/one-of.js';
import { refusedByIndexes } from './refused-by-indexes.js';
import { rejection } from '../support/every-store.js';
import { Max, MinLength } from 'class-validator';

/** The text in the properties below, which no error may show. */
const MARK = 'hunter2';
const MARKED_NUMBER = 48_151_623.42;
const MARKED_BIGINT = 4_815_162_342_108n;
const BEYOND_INT64 = MARKED_BIGINT * 10n ** 9n;

/** The marks in every form in which something could print them. */
export const MARKS: readonly string[] = [
  MARK,
  '48151623',
  String(MARKED_BIGINT),
  Buffer.from(MARK).toString('hex'),
  Buffer.from(MARK).toString('base64').replaceAll('=', ''),
  [...Buffer.from(MARK)].join(','),
  '1234-05-06',
  'May 06 1234',
];

/** A converter that throws the language's own error, which quotes the value. */
const whole: Converter<number, 'Int64'> = { type: 'Int64', toStored: BigInt, fromStored: Number };
const unreadable: Converter<string, 'String'> = {
  type: 'String',
  toStored: (value) => value,
  fromStored(text) {
    throw new RangeError(`${text} cannot be read`);
  },
};

@Entity({ table: 'Marked', rowKey: '{at}|{id}' })
class Marked {
  @PartitionKey() p!: PartitionKey;
  @RowKey({ converter: newestFirst }) at!: RowKey<Date>;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) text?: string;
  @Property({ type: 'Int32' }) int?: number;
  @Property({ type: 'Int64' }) long?: bigint;
  @Property({ type: 'Double' }) double?: number;
  @Property({ type: 'DateTime' }) date?: Date;
  @Property({ type: 'Binary' }) bytes?: Uint8Array;
  @Property({ type: 'Boolean' }) flag?: boolean;
  @Property({ converter: oneOf('a', 'b') }) state?: 'a' | 'b';
  @Property({ converter: decimal({ scale: 2 }) }) price?: string;
  @Property({ converter: whole }) whole?: number;
  @Property({ converter: json<unknown>() }) json?: unknown;
  @ETag() etag?: string;
}

/** The rows of the same table as another program writes them, without any checks. */
@Entity({ table: 'Marked' })
class Written {
  @PartitionKey() p!: PartitionKey;
  @RowKey() r!: RowKey;
  @Property({ type: 'String' }) text?: string;
  @Property({ type: 'String' }) state?: string;
}

@Entity({ table: 'Marked' })
class Drifted {
  @PartitionKey() p!: PartitionKey;
  @RowKey() r!: RowKey;
  @Property({ type: 'Int32' }) text?: number;
  @Property({ converter: unreadable }) state?: string;
}

/** An entity whose `create` refuses what is stored with an error that quotes it. */
@Entity({
  table: 'Marked',
  create: (values: EntityValues<Suspicious>): Suspicious => {
    throw new RangeError(`${values?.text} is no text`);
  },
})
class Suspicious {
  @PartitionKey() p!: PartitionKey;
  @RowKey() r!: RowKey;
  @Property({ type: 'String' }) text?: string;
}

@Entity({ table: 'Marked' })
class Constrained {
  @PartitionKey() p!: PartitionKey;
  @RowKey() r!: RowKey;
  @Property({ type: 'String' }) @MinLength(20) text?: string;
  @Property({ type: 'Double' }) @Max(5) double?: number;
}

@Entity({ table: 'Marked' })
class Demanding {
  @PartitionKey() p!: PartitionKey;
  @RowKey() r!: RowKey;
  @Property({ type: 'String' }) text?: string;
  @Property({ type: 'Double', required: true }) double?: number;
}

const key = { p: 'p', at: new Date(0), id: 'i' };
/** Values for all properties. Each contains the mark, so that no error may quote any of them. */
const marks = {
  text: MARK,
  long: MARKED_BIGINT,
  double: MARKED_NUMBER,
  date: new Date('1634-05-06'),
  bytes: Buffer.from(MARK),
  json: { [MARK]: MARK },
};
const marked = (changes: object = {}): Marked => Object.assign(new Marked(), { ...key, ...marks }, changes);
const date = new Date('1234-05-06');
const MANY = [MARK, ...Array.from({ length: 20 }, (_, number) => `${MARK}${number}`)] as const;
const circle: Record<string, unknown> = {};
circle[MARK] = circle;

type Drive = (tables: DataSource) => unknown;

const insert =
  (changes: object): Drive =>
  (tables) =>
    tables.repository(Marked).insert(marked(changes));
const merge =
  (patch: object): Drive =>
  (tables) =>
    tables.repository(Marked).merge(key, patch);
const where =
  (...condition: readonly unknown[]): Drive =>
  (tables) =>
    (tables.repository(Marked).query({ p: 'p' }) as unknown as Queryable).where(...condition).toArray();

interface Queryable {
  where(...condition: readonly unknown[]): { toArray(): Promise<unknown> };
}

/** A way to cause an error: its code, the calls that lead to it, and the options of the data source. */
export interface Refused {
  readonly code: ErrorCode;
  readonly drive: Drive;
  readonly options?: DataSourceOptions;
}

const ways: readonly (readonly [code: ErrorCode, drive: Drive, options?: DataSourceOptions])[] = [
  ['key.missing-part', insert({ id: undefined })],
  ['key.missing-part', (tables) => tables.repository(Marked).get({ ...key, p: undefined, P: MARK } as never)],
  ['key.unexpected-part', (tables) => tables.repository(Marked).query(marked())],
  ['key.wrong-type', insert({ id: 5 })],
  ['key.wrong-type', insert({ at: 'now' })],
  ['key.out-of-range', insert({ at: new Date(Number.NaN) })],
  ['key.forbidden-character', insert({ p: 'a/b' })],
  ['key.unpaired-surrogate', insert({ id: '\uD800' })],
  ['key.too-long', insert({ id: 'i'.repeat(600) })],
  ['key.unparsable', withRow((tables) => tables.repository(Marked).query({ p: 'p' }).toArray())],
  ['key.changed', withEntity((tables, entity) => tables.repository(Marked).save(Object.assign(entity, { id: 'j' })))],

  ['metadata.not-constructible', withRow((tables) => tables.repository(Suspicious).get({ p: 'p', r: 'r' }))],
  [
    'entity.foreign',
    withEntity((tables, entity) =>
      tables
        .withTables(() => 'Another')
        .repository(Marked)
        .save(entity),
    ),
  ],
  ['entity.no-etag', (tables) => tables.repository(Marked).replace(marked())],
  ['entity.not-an-object', (tables) => tables.repository(Marked).insert(MARK as never)],
  ['entity.read-only', (tables) => tables.repository(Marked).insert(Object.freeze(marked()))],
  ['entity.type-mismatch', withRow((tables) => tables.repository(Drifted).get({ p: 'p', r: 'r' }))],
  ['entity.unreadable', withRow((tables) => tables.repository(Drifted).query({ p: 'p' }).select('state').toArray())],

  ['validation.failed', (tables) => tables.repository(Constrained).insert({ p: 'p', r: 'r', ...marks })],
  ...(['text', 'int', 'long', 'date', 'bytes', 'flag'] as const).map(
    (name) => ['validation.wrong-type', merge({ [name]: { [MARK]: MARK } })] as const,
  ),
  ['validation.wrong-type', merge({ text: MARKED_NUMBER })],
  ['validation.wrong-type', merge({ int: MARK })],
  ['validation.wrong-type', merge({ text: { constructor: { name: MARK } } })],
  ['validation.out-of-range', merge({ int: MARKED_NUMBER })],
  ['validation.out-of-range', merge({ long: BEYOND_INT64 })],
  ['validation.out-of-range', merge({ date })],
  ['validation.unpaired-surrogate', merge({ text: `${MARK}\uD800` })],
  ['validation.too-long', merge({ text: MARK.repeat(9000) })],
  ['validation.too-long', merge({ bytes: Buffer.from(MARK.repeat(9999)) })],
  ['validation.missing-property', (tables) => tables.repository(Demanding).insert({ p: 'p', r: 'r', text: MARK })],
  ['validation.unknown-property', merge({ other: MARK })],
  [
    'entity.getter-failed',
    merge({
      get text(): string {
        throw new RangeError(MARK);
      },
    }),
  ],
  ['validation.unknown-property', merge({ etag: MARK })],
  ['validation.converter-failed', merge({ state: MARK })],
  ['validation.converter-failed', merge({ price: MARK })],
  ['validation.converter-failed', merge({ price: MARKED_NUMBER })],
  ['validation.converter-failed', merge({ whole: MARKED_NUMBER })],
  ['validation.converter-failed', merge({ json: circle })],
  ['validation.too-many-properties', insert({}), { limits: { properties: 3 } }],
  ['validation.entity-too-large', insert({}), { limits: { entityBytes: 100 } }],
  [
    'validation.invalid-etag',
    (tables) => tables.repository(Marked).merge(key, { text: MARK }, { etag: `${MARK}\r\n` }),
  ],
  ['validation.invalid-option', (tables) => tables.repository(Marked).query({ p: 'p' }).take(-1)],

  ['query.no-result', (tables) => tables.repository(Marked).query({ p: 'p' }).where('text', 'eq', MARK).firstOrThrow()],
  [
    'query.handler-failed',
    withEntity((tables) =>
      tables
        .repository(Marked)
        .query({ p: 'p' })
        .forEach(({ text }) => Promise.reject(new Error(typeof text))),
    ),
  ],
  [
    'query.several-results',
    withEntity(async (tables) => {
      await tables.repository(Marked).insert(marked({ id: 'j' }));
      await tables.repository(Marked).query({ p: 'p' }).where('text', 'eq', MARK).single();
    }),
  ],
  ['query.unknown-property', where('other', 'eq', MARK)],
  ['query.invalid-operand', where('int', 'eq', MARK)],
  ['query.invalid-operand', where('text', 'eq', MARKED_NUMBER)],
  ['query.invalid-operand', where('int', 'in', [1, MARKED_NUMBER])],
  ['query.invalid-operand', where('long', 'eq', BEYOND_INT64)],
  ['query.invalid-operand', where('date', 'eq', date)],
  ['query.invalid-operand', where('text', 'eq', `${MARK}\uD800`)],
  ['query.invalid-operand', where('text', 'between', [MARK])],
  ['query.invalid-operand', where('state', 'eq', MARK)],
  ['query.invalid-operand', where('price', 'eq', MARK)],
  ['query.invalid-operand', where('whole', 'eq', MARKED_NUMBER)],
  ['query.not-comparable', where('json', 'eq', circle)],
  ['query.invalid-operand', where('at', 'eq', MARK)],
  ['query.invalid-operand', where({ int: MARK })],
  ['query.invalid-filter', where([MARK])],
  ['query.not-comparable', where('flag', 'gt', MARK)],
  ['query.not-expressible', where('id', 'eq', MARK)],
  ['query.too-many-comparisons', where(() => not(filter(Marked, (m) => m.text.in(MANY))))],
  ['query.too-many-requests', where('text', 'in', MANY), { maxQueryRequests: 1 }],
  ['query.invalid-continuation', (tables) => tables.repository(Marked).query({ p: 'p' }).page({ continuation: MARK })],
  ['query.sorted-on-client', (tables) => tables.repository(Marked).query({ p: 'p' }).orderBy('text').page()],
  [
    'query.raw-filter',
    (tables) => tables.repository(Marked).query({ p: 'p' }).rawFilter(`text eq '${MARK}'`).toArray(),
  ],

  ...refusedByIndexes(MARK),

  [
    'commit.partial',
    withEntity((tables) => tables.unitOfWork((work) => (work.insert(marked({ p: 'q' })), work.insert(marked())))),
  ],
  [
    'commit.not-atomic',
    (tables) => tables.unitOfWork((work) => (work.insert(marked()), work.insert(marked({ p: 'q' }))), { atomic: true }),
  ],
  ['commit.not-in-unit', (tables) => tables.unitOfWork((work) => work.repository(Marked).insertMany([marked()]))],
  [
    'commit.inner-failed',
    (tables) =>
      tables.run((work) => {
        work.insert(marked());
        return tables.run((inner) => inner.insert(marked({ int: MARKED_NUMBER }))).catch(() => undefined);
      }),
  ],
  [
    'commit.in-progress',
    (tables) => tables.unitOfWork((work) => (work.insert(marked()), void work.commit(), work.discard())),
  ],
  [
    'commit.row-tracked',
    withEntity((tables, entity) =>
      tables.unitOfWork(async (work) => {
        await work.get(Marked, key);
        work.track(entity);
      }),
    ),
  ],
  ['commit.bulk-stopped', withEntity((tables) => tables.repository(Marked).insertMany([marked()]))],
];

/** The ways to cause every error code that a property value or an operand can lead to. */
export const REFUSED: readonly Refused[] = ways.map(([code, drive, options = {}]) => ({ code, drive, options }));

/** Returns what is thrown on a new store in memory. */
export async function refusal({ drive, options }: Refused): Promise<unknown> {
  await using tables = await DataSource.open('memory:', options);
  return await rejection(Promise.resolve().then(() => drive(tables)));
}

/** Runs the calls on a store with a row that another program has written. */
function withRow(drive: Drive): Drive {
  return async (tables) => {
    await tables.repository(Written).insert({ p: 'p', r: 'r', text: MARK, state: MARK });
    return drive(tables);
  };
}

function withEntity(drive: (tables: DataSource, entity: Marked) => unknown): Drive {
  return async (tables) => drive(tables, await tables.repository(Marked).insert(marked()));
}
