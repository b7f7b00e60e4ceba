import { Exclude, Expose, Transform, Type } from 'class-transformer';
import { expect } from 'chai';
import {
  DataSource,
  EntitableError,
  Entity,
  ETag,
  Guid,
  json,
  newestFirst,
  PartitionKey,
  Property,
  RowKey,
  Timestamp,
  type Converter,
  type EntityValues,
} from 'entitable';
import { fromPlain, toPlain } from 'entitable/class-transformer';

class Line {
  name!: string;
  @Exclude() secret?: string;
}

@Entity({ table: 'Plain' })
class Thing {
  @PartitionKey() owner!: PartitionKey;
  @RowKey({ converter: newestFirst }) at!: RowKey<Date>;
  @Property() id!: Guid;
  @Property() bytes!: Uint8Array;
  @Property() big!: bigint;
  @Property() moment!: Date;
  @Property() @Expose({ name: 'the_name' }) name!: string;
  @Property({ type: 'String' }) @Exclude() password?: string;
  @Property({ type: 'Double' }) @Transform(({ value }) => (value as number) * 2, { toPlainOnly: true }) ratio?: number;
  @Property({ converter: json<Line[]>() }) @Type(() => Line) lines?: Line[];
  @ETag() etag?: string;
  @Timestamp() changed?: Date;

  @Expose() get summary(): string {
    return `${this.name}!`;
  }
}

const doubled: Converter<bigint, 'Int64'> = {
  type: 'Int64',
  toStored: (value) => value * 2n,
  fromStored: (stored) => stored / 2n,
};

@Entity({ table: 'Counted' })
class Counted {
  @PartitionKey() a!: PartitionKey;
  @RowKey() b!: RowKey;
  @Property() count!: bigint;
  @Property({ converter: doubled }) at!: bigint;
  @Property({ type: 'Double' }) ratio?: number;
  @Property({ type: 'Int64' }) none?: bigint | null;
}

/** The base class of payments. Its amount is a private field, readable only through getters. */
abstract class Money {
  readonly #amount: bigint;
  constructor(amount: bigint) {
    this.#amount = amount;
  }
  @Property({ type: 'Int64' }) get amount(): bigint {
    return this.#amount;
  }
  @Expose() get doubled(): bigint {
    return this.#amount * 2n;
  }
}

@Entity({ table: 'Payments', create: (values: EntityValues<Payment>) => new Payment(values) })
class Payment extends Money {
  @PartitionKey() c!: PartitionKey;
  @RowKey() p!: RowKey;
  @ETag() etag?: ETag;
  readonly #note: string | undefined;
  readonly #pin: string | undefined;
  constructor({ amount, note, pin }: EntityValues<Payment>) {
    if (typeof amount !== 'bigint') throw new RangeError('A payment has an amount.');
    super(amount);
    this.#note = note;
    this.#pin = pin;
  }
  @Property({ type: 'String' }) @Expose({ name: 'memo' }) get note(): string | undefined {
    return this.#note;
  }
  @Property({ type: 'String' }) @Exclude() get pin(): string | undefined {
    return this.#pin;
  }
}

const JSON_FORM = {
  owner: 'o',
  at: '2026-01-02T03:04:05.006Z',
  id: 'c9da6455-213d-42c9-9a79-3e9149a57833',
  bytes: 'AQID/w==',
  big: '9223372036854775807',
  moment: '2026-11-21T00:00:00.001Z',
  the_name: 'n',
  ratio: 3,
  lines: [{ name: 'l' }],
};

const thing = (): Thing =>
  Object.assign(new Thing(), {
    owner: 'o',
    at: new Date(JSON_FORM.at),
    id: Guid.parse(JSON_FORM.id),
    bytes: new Uint8Array([9, 1, 2, 3, 255]).subarray(1),
    big: 2n ** 63n - 1n,
    moment: new Date(JSON_FORM.moment),
    name: 'n',
    password: 'hidden',
    ratio: 1.5,
    lines: [Object.assign(new Line(), { name: 'l', secret: 's' })],
  });

describe('toPlain and fromPlain', () => {
  it('toPlain follows the decorators of an entity and loses nothing of Guids, bytes, bigints and dates', () => {
    const plain = toPlain(thing());
    expect(JSON.parse(JSON.stringify(plain))).to.deep.equal({ ...JSON_FORM, summary: 'n!' });
  });

  it('fromPlain makes an entity from JSON that is stored and read like the original', async () => {
    const made = fromPlain(Thing, { ...JSON_FORM, ratio: 1.5 });
    expect(made).to.be.instanceOf(Thing);
    expect(made.lines?.[0]).to.be.instanceOf(Line);
    await using tables = await DataSource.open('memory:');
    const things = tables.repository(Thing);
    await things.insert(made);
    const { etag, changed, ...stored } = await things.getOrThrow({ owner: 'o', at: made.at });
    const { password: _password, etag: _etag, changed: _changed, ...expected } = thing();
    expect({ ...stored }).to.deep.equal({ ...expected, password: undefined, lines: [{ name: 'l' }] });
    expect([typeof etag, changed instanceof Date]).to.deep.equal(['string', true]);
    expect(fromPlain(Thing, toPlain(Object.assign(stored, { changed }))).changed).to.deep.equal(changed);
  });

  it('toPlain leaves the entity unchanged', () => {
    const entity = thing();
    toPlain(entity);
    expect(entity).to.deep.equal(thing());
  });

  it('fromPlain refuses a value of the wrong type without quoting it', () => {
    const wrong: readonly (readonly [string, unknown, string, string])[] = [
      ['id', 'no guid', 'string', 'Guid'],
      ['id', `{${JSON_FORM.id}}`, 'string', 'Guid'],
      ['id', 77_777, 'number', 'Guid'],
      ['bytes', '***', 'string', 'Binary'],
      ['bytes', [1, 2], 'array', 'Binary'],
      ['bytes', { 0: 1 }, 'object', 'Binary'],
      ['big', 'abc', 'string', 'Int64'],
      ['big', '1.5', 'string', 'Int64'],
      ['big', 1.5, 'number', 'Int64'],
      ['big', 2 ** 53, 'number', 'Int64'],
      ['big', true, 'boolean', 'Int64'],
      ['moment', 'never', 'string', 'DateTime'],
      ['moment', 'never 77', 'string', 'DateTime'],
      ['moment', '2026-02-30', 'string', 'DateTime'],
      ['moment', 1_795_000_000_000, 'number', 'DateTime'],
      ['changed', 1_795_000_000_000, 'number', 'DateTime'],
    ];
    const refusal = (name: string, value: unknown): unknown => {
      try {
        return fromPlain(Thing, { ...JSON_FORM, [name]: value });
      } catch (error) {
        return error;
      }
    };
    for (const [name, value, found, expected] of wrong) {
      const error = refusal(name, value);
      if (!EntitableError.is(error, 'validation.wrong-type')) throw error;
      const { className, property, storedName } = error.details;
      expect([className, property, storedName, error.details.found, error.details.expected]).to.deep.equal([
        'Thing',
        name,
        name,
        found,
        expected,
      ]);
      expect(error.message).to.include(`Thing.${name} is Edm.${expected}, and the ${found} that was given`);
      if (typeof value === 'string') expect(error.message).not.to.include(value);
    }
  });

  it('fromPlain accepts a safe integer for a bigint, also in front of a converter of bigints', () => {
    const made = fromPlain(Counted, { a: 'a', b: 'b', count: 12, at: Number.MAX_SAFE_INTEGER, ratio: 5, none: null });
    expect({ ...made }).to.deep.equal({
      a: 'a',
      b: 'b',
      count: 12n,
      at: BigInt(Number.MAX_SAFE_INTEGER),
      ratio: 5,
      none: null,
    });
  });

  it('fromPlain accepts dates as HTML forms and other programs write them', () => {
    const given = ['2026-11-21', '2026-11-21T09:30Z', '2026-11-21T10:30:00+01:00', new Date('2026-11-21T09:30:00Z')];
    expect(given.map((moment) => fromPlain(Thing, { ...JSON_FORM, moment }).moment.toJSON())).to.deep.equal([
      '2026-11-21T00:00:00.000Z',
      '2026-11-21T09:30:00.000Z',
      '2026-11-21T09:30:00.000Z',
      '2026-11-21T09:30:00.000Z',
    ]);
  });

  it('toPlain includes stored properties that are getters, of private fields and base classes too, unless they are excluded', async () => {
    await using tables = await DataSource.open('memory:');
    const payments = tables.repository(Payment);
    const made = await payments.insert(payments.create({ c: 'c', p: 'p', amount: 3n, note: 'n', pin: '1234' }));
    const plain: unknown = JSON.parse(JSON.stringify(toPlain(made)));
    const { etag } = made;
    expect(plain).to.deep.equal({ c: 'c', p: 'p', amount: '3', memo: 'n', etag, doubled: '6' });
    expect(toPlain({ list: [made] })).to.have.nested.property('list[0].amount', '3');
    expect(toPlain(made, { excludeExtraneousValues: true })).to.deep.equal({ memo: 'n', doubled: '6' });
    const back = fromPlain(Payment, plain as Record<string, unknown>);
    expect([back.amount, back.note, back.pin]).to.deep.equal([3n, 'n', undefined]);
    await payments.save(back);
    const { amount, note, pin } = await payments.getOrThrow({ c: 'c', p: 'p' });
    expect([amount, note, pin]).to.deep.equal([3n, 'n', '1234']);
  });

  it('fromPlain does not let JSON change a prototype', () => {
    const made = fromPlain(
      Thing,
      JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}') as Record<
        string,
        unknown
      >,
    );
    expect([(made as { polluted?: unknown }).polluted, ({} as { polluted?: unknown }).polluted]).to.deep.equal([
      undefined,
      undefined,
    ]);
    expect(made).to.be.instanceOf(Thing);
  });
});
