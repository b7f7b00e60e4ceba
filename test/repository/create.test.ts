import { expect } from 'chai';
import { Entity, ETag, PartitionKey, Property, RowKey, Timestamp } from '../../decorators/index.js';
import { Guid } from '../../src/edm/guid.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { DataSource } from '../../src/data-source/data-source.js';
import { json } from '../../src/metadata/converters/json.js';
import { metadataOf } from '../../src/metadata/metadata-of.js';
import { makeEntity } from '../../src/mapping/make-entity.js';
import { defineEntity } from '../../src/metadata/define-entity.js';
import type { Defaulted, EntityValues } from '../../src/metadata/create-types.js';
import { onEveryStore, rejection } from '../support/every-store.js';

type Status = 'open' | 'shipped';

@Entity({ table: 'Orders' })
class Order {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() orderId!: RowKey;
  @Property({ type: 'Double', required: true }) total!: number;
  @Property({ type: 'String', default: 'open' }) status!: Defaulted<Status>;
  @Property({ converter: json<string[]>(), default: () => [] }) tags!: Defaulted<string[]>;
  @Property({ type: 'String' }) note?: string | null;
  @ETag() etag?: string;
  @Timestamp() updatedAt?: Date;

  channel: Defaulted<string> = 'web'; // not stored

  get isLarge(): boolean {
    return this.total > 1000;
  }

  set remark(text: string | undefined) {
    this.note = text ?? null;
  }

  ship(): void {
    this.status = 'shipped';
  }
}

/** A class with members that only its constructor sets, after checking them. */
@Entity({ table: 'Payments', create: (values: EntityValues<Payment>) => new Payment(values) })
class Payment {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() paymentId!: RowKey;
  readonly #amount: number;
  @Property({ type: 'String', default: 'card' }) method!: Defaulted<string>;
  @ETag() etag?: string;

  constructor({ customerId, paymentId, amount, method }: Omit<EntityValues<Payment>, 'etag'>) {
    if (!(amount >= 0)) throw new RangeError('An amount is at least 0.');
    this.customerId = customerId;
    this.paymentId = paymentId;
    this.#amount = amount;
    this.method = method;
  }

  @Property({ type: 'Double' }) get amount(): number {
    return this.#amount;
  }
}

const KEY = { customerId: 'c1', orderId: 'o1' } as const;

describe('create', () => {
  let tables: DataSource;
  beforeEach(async () => (tables = await DataSource.open('memory:')));
  afterEach(() => tables.close());

  it('create makes an instance of the class with its defaults and sends nothing', () => {
    const order = tables.repository(Order).create({ ...KEY, total: 2000 });
    expect(order).to.be.instanceOf(Order);
    expect([order.isLarge, order.channel]).to.deep.equal([true, 'web']);
    expect({ ...order }).to.deep.include({ ...KEY, total: 2000, status: 'open', tags: [] });
    order.ship();
    expect(order.status).to.equal('shipped');
  });

  it('create makes a new default for each entity, and none if there is a value', () => {
    const orders = tables.repository(Order);
    const [first, second] = [orders.create({ ...KEY, total: 1 }), orders.create({ ...KEY, total: 1 })];
    first.tags.push('a');
    expect([second.tags, orders.create({ ...KEY, total: 1, tags: ['b'], status: 'shipped' }).tags]).to.deep.equal([
      [],
      ['b'],
    ]);
  });

  it('create works the same in a unit of work, for a subclass, and for a class without decorators', async () => {
    @Entity({ table: 'Parcels' })
    class Parcel extends Order {
      @Property({ type: 'Double', default: 1 }) weight!: Defaulted<number>;
    }
    class Plain {
      group!: PartitionKey;
      name!: RowKey;
      size!: number;
      unit?: string;
    }
    defineEntity(Plain, {
      table: 'Plain',
      properties: {
        group: 'PartitionKey',
        name: 'RowKey',
        size: { type: 'Int32', required: true },
        unit: { type: 'String', default: 'm' },
      },
    });
    await tables.unitOfWork(async (work) => {
      const parcel = work.repository(Parcel).create({ ...KEY, total: 3 });
      expect(parcel).to.be.instanceOf(Parcel);
      await work.repository(Parcel).insert(parcel);
    });
    expect(await tables.repository(Parcel).getOrThrow(KEY)).to.include({ weight: 1, status: 'open', total: 3 });
    expect({ ...tables.repository(Plain).create({ group: 'g', name: 'n', size: 1 }) }).to.deep.equal({
      group: 'g',
      name: 'n',
      size: 1,
      unit: 'm',
    });
    expect(() => tables.repository(Plain).create({ group: 'g', name: 'n' } as never)).to.throw('has no size');
  });

  it('A class whose plain default cannot be stored is refused, and a property without a type takes it from its default', async () => {
    class Wrong {}
    const lower = { type: 'String', toStored: String, fromStored: String } as const;
    const failing = {
      ...lower,
      toStored: () => {
        throw new RangeError('not one of them');
      },
    } as const;
    defineEntity(Wrong, {
      table: 'Wrong',
      properties: {
        p: 'PartitionKey',
        r: 'RowKey',
        n: { type: 'Int32', default: 'x' },
        m: { converter: failing, default: 'c' },
        f: { type: 'Int32', default: () => 'made later' },
      },
    });
    const open = (): unknown => tables.repository(Wrong);
    expect(open)
      .to.throw(EntitableError, 'Wrong is not declared correctly')
      .with.property('code', 'metadata.invalid-property');
    expect(open).to.throw(
      /n: its default cannot be stored: Wrong\.n is Edm\.Int32 and takes a number, not string[^]*m: its default/,
    );

    class Told {}
    defineEntity(Told, {
      table: 'Told',
      properties: {
        p: 'PartitionKey',
        r: 'RowKey',
        text: { default: 'card' },
        count: { default: 1 },
        large: { default: 1n },
        flag: { default: false },
        id: { default: Guid.parse('00000000-0000-4000-8000-000000000001') },
      },
    });
    expect(metadataOf(Told).properties.map(({ type }) => type)).to.deep.equal([
      'String',
      'Double',
      'Int64',
      'Boolean',
      'Guid',
    ]);
  });

  it('create takes null for an absent property, and keeps the value that a setter stores', () => {
    const order = tables.repository(Order).create({ ...KEY, total: 1, note: null, remark: 'x' });
    expect(order.note).to.equal('x');
    expect(tables.repository(Order).create({ ...KEY, total: 1, note: null }).note).to.equal(null);
  });

  it('The error of create for a value that is not stored says what may have been forgotten', () => {
    expect(() => tables.repository(Order).create({ ...KEY, total: 1, channel: 'shop' })).to.throw(
      'The values of a new Order name channel, which is no stored property. Decorate it with @Property, or name it in defineEntity, ' +
        'where it is to be stored; else leave it out, and make it optional in the class.',
    );
  });

  const REFUSED: Readonly<Record<string, readonly [object, string, string]>> = {
    'a name that is not stored': [{ totl: 1, total: 1 }, 'validation.unknown-property', 'totl'],
    'a member of the class that is not stored': [{ total: 1, channel: 'x' }, 'validation.unknown-property', 'channel'],
    'the name of a method': [{ total: 1, ship: 5 }, 'validation.unknown-property', 'ship'],
    'a getter that is not stored': [{ total: 1, isLarge: true }, 'entity.read-only', 'isLarge'],
    'an ETag': [{ total: 1, etag: 'W/"x"' }, 'validation.unknown-property', 'etag'],
    'a missing property that is required': [{}, 'validation.missing-property', 'total'],
    'null for a property that is required': [{ total: null }, 'validation.missing-property', 'total'],
    'a key part that is missing': [{ total: 1, orderId: undefined }, 'key.missing-part', 'orderId'],
    'a key that cannot be stored': [{ total: 1, orderId: 'a/b' }, 'key.forbidden-character', 'orderId'],
    'a key that is too long': [{ total: 1, orderId: 'x'.repeat(600) }, 'key.too-long', 'RowKey'],
  };
  for (const [what, [values, code, name]] of Object.entries(REFUSED)) {
    it(`create refuses ${what} with ${code}`, () => {
      const create = (): unknown => tables.repository(Order).create({ ...KEY, ...values } as never);
      expect(create).to.throw(EntitableError, name).with.property('code', code);
    });
  }

  it('create refuses a value that is not an object with entity.not-an-object', () => {
    for (const values of [undefined, null, 'text', 5, []]) {
      expect(() => tables.repository(Order).create(values as never))
        .to.throw(EntitableError, 'The values of Order')
        .with.property('code', 'entity.not-an-object');
    }
  });

  it('create passes the values to the `create` of the class, so that its constructor can check them and keep them private', async () => {
    const payments = tables.repository(Payment);
    const key = { customerId: 'c1', paymentId: 'p1' };
    const payment = payments.create({ ...key, amount: 20 });
    expect([payment.amount, payment.method]).to.deep.equal([20, 'card']);
    await payments.insert(payment);
    const found = await payments.getOrThrow(key);
    expect([found.amount, found.method, found.etag]).to.deep.equal([20, 'card', payment.etag]);
    found.method = 'cash';
    await payments.save(found);
    expect(await payments.query({ customerId: 'c1' }).where('method', 'eq', 'cash').toArray()).to.have.length(1);
    const error = ((): unknown => {
      try {
        return payments.create({ ...key, amount: -1 });
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(EntitableError.is(error, 'metadata.not-constructible') && error.details.error).to.be.instanceOf(RangeError);
    expect(await rejection(payments.refresh(found))).to.have.property('code', 'entity.read-only');
  });

  it('save under an ETag keeps stored properties whose values `create` was not given', async () => {
    const orders = tables.repository(Order);
    const { etag } = await orders.insert(orders.create({ ...KEY, total: 1, status: 'shipped', tags: ['a'] }));
    const again = orders.create({ ...KEY, total: 2 });
    again.etag = etag!;
    await orders.save(again);
    expect(await orders.getOrThrow(KEY)).to.deep.include({ total: 2, status: 'shipped', tags: ['a'] });
    expect(again).to.deep.include({ status: 'shipped', tags: ['a'] });
    again.status = 'open';
    again.tags.push('b');
    await orders.save(again);
    expect(await orders.getOrThrow(KEY)).to.deep.include({ status: 'open', tags: ['a', 'b'] });
  });
});

onEveryStore('Default and required properties', (open) => {
  it('Defaults are stored by inserts, replaces and replacing upserts, so that filters match them', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const bare = (orderId: string): Order => Object.assign(new Order(), { ...KEY, orderId, total: 1 });
    const inserted = await orders.insert(bare('o1'));
    expect(inserted).to.deep.include({ status: 'open', tags: [] });
    await orders.upsert(bare('o2'), { mode: 'replace' });
    await orders.insertMany([bare('o3')]);
    await tables.unitOfWork((work) => work.insert(bare('o4')));
    await orders.replace(bare('o1'), { etag: '*' });
    const found = await orders.query({ customerId: 'c1' }).where('status', 'eq', 'open').select('orderId').toArray();
    expect(found.map(({ orderId }) => orderId)).to.deep.equal(['o1', 'o2', 'o3', 'o4']);
    await orders.save(inserted);
    expect(await orders.getOrThrow(KEY)).to.deep.include({ status: 'open', tags: [] });
  });

  it('Defaults do not overwrite stored values when an entity is merged into a row', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    await orders.insert(orders.create({ ...KEY, total: 1, status: 'shipped' }));
    await orders.upsert(Object.assign(new Order(), { ...KEY, total: 2 }));
    expect(await orders.getOrThrow(KEY)).to.include({ total: 2, status: 'shipped' });
  });

  const UPSERTS: Readonly<Record<string, (tables: DataSource, order: Order) => Promise<unknown>>> = {
    upsert: (tables, order) => tables.repository(Order).upsert(order),
    upsertMany: (tables, order) => tables.repository(Order).upsertMany([order]),
    'upsertMany of a data source': (tables, order) => tables.upsertMany([order]),
    'upsert in a unit of work': (tables, order) => tables.unitOfWork((work) => work.repository(Order).upsert(order)),
    'upsert, then save': async (tables, order) => {
      await tables.repository(Order).upsert(order);
      order.note = 'later';
      await tables.repository(Order).save(order);
    },
    'upsert and save in units of work': async (tables, order) => {
      await tables.unitOfWork((work) => work.repository(Order).upsert(order));
      order.note = 'later';
      await tables.unitOfWork((work) => work.repository(Order).save(order));
    },
    'upsert twice': async (tables, order) => {
      await tables.repository(Order).upsert(order);
      await tables.repository(Order).upsert(order);
    },
  };
  for (const [verb, upsert] of Object.entries(UPSERTS)) {
    it(`Defaults that were only filled in by create or fromPlain do not overwrite stored values: ${verb}`, async () => {
      const { tables } = await open();
      const orders = tables.repository(Order);
      const made = [
        (): Order => orders.create({ ...KEY, total: 2 }),
        (): Order => makeEntity(Order, { ...KEY, total: 2 }),
      ];
      for (const make of made) {
        await orders.upsert(orders.create({ ...KEY, total: 1, status: 'shipped', tags: ['a'] }), { mode: 'replace' });
        await upsert(tables, make());
        expect(await orders.getOrThrow(KEY)).to.deep.include({ total: 2, status: 'shipped', tags: ['a'] });
      }
    });
  }

  it('A merging upsert sends a default value that was passed, assigned or changed, and no other default', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const storedAs = async (order: Order, upsert: (order: Order) => Promise<unknown>): Promise<unknown> => {
      await orders.upsert(orders.create({ ...KEY, total: 1, status: 'shipped', tags: ['a'] }), { mode: 'replace' });
      await upsert(order);
      const { status, tags } = await orders.getOrThrow(KEY);
      return { status, tags };
    };
    const make = (values: object = {}): Order => orders.create({ ...KEY, total: 2, ...values });
    const changed = make();
    changed.tags.push('b');
    const ways = [
      await storedAs(make({ status: 'open' }), (order) => orders.upsert(order)),
      await storedAs(orders.assign(make(), { status: 'open' }), (order) => orders.upsert(order)),
      await storedAs(make(), (order) =>
        tables.unitOfWork(async (work) => {
          await work.repository(Order).upsert(order);
          await work.repository(Order).merge(KEY, { status: 'open' });
        }),
      ),
      await storedAs(changed, (order) => orders.upsert(order)),
      await storedAs(make(), (order) => orders.upsert(order, { mode: 'replace' })),
    ];
    expect(ways).to.deep.equal([
      { status: 'open', tags: ['a'] },
      { status: 'open', tags: ['a'] },
      { status: 'open', tags: ['a'] },
      { status: 'shipped', tags: ['b'] },
      { status: 'open', tags: [] },
    ]);
    await orders.upsert(orders.create({ customerId: 'c1', orderId: 'o2', total: 3 }));
    expect(await orders.query({ customerId: 'c1' }).where('status', 'eq', 'open').count()).to.equal(1);
    expect(await orders.getOrThrow({ customerId: 'c1', orderId: 'o2' })).to.deep.include({ status: 'open', tags: [] });
  });

  it('Defaults that were only filled in are recognised in a class without an ETag property as well', async () => {
    @Entity({ table: 'Orders' })
    class Bare {
      @PartitionKey() customerId!: PartitionKey;
      @RowKey() orderId!: RowKey;
      @Property({ type: 'Double' }) total!: number;
      @Property({ type: 'String', default: 'open' }) status!: Defaulted<Status>;
      @Property({ type: 'String' }) kind: Defaulted<string> = 'set by the class';
    }
    const { tables } = await open();
    const bare = tables.repository(Bare);
    await bare.insert(bare.create({ ...KEY, total: 1, status: 'shipped', kind: 'other' }));
    await bare.upsert(bare.create({ ...KEY, total: 2 }));
    expect({ ...(await bare.getOrThrow(KEY)) }).to.deep.equal({
      ...KEY,
      total: 2,
      status: 'shipped',
      kind: 'set by the class',
    });
  });

  it('A row without the property is read with the default, which save stores, and a unit of work only with another change', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    await orders.insert(orders.create({ ...KEY, total: 1 }));
    await orders.merge(KEY, { status: null, tags: null });
    const isStored = (): Promise<boolean> => orders.query({ customerId: 'c1' }).where('status', 'eq', 'open').exists();
    const loaded = await orders.getOrThrow(KEY);
    expect(loaded).to.deep.include({ status: 'open', tags: [] });
    await tables.unitOfWork((work) => work.get(Order, KEY));
    expect(await isStored()).to.equal(false);
    loaded.status = 'open';
    await orders.save(loaded);
    expect(await isStored()).to.equal(true);
    await orders.merge(KEY, { status: null });
    await tables.unitOfWork(async (work) => {
      const order = await work.repository(Order).getOrThrow(KEY);
      order.status = 'open';
      await work.repository(Order).save(order);
    });
    expect(await isStored()).to.equal(true);
    await orders.merge(KEY, { status: null });
    await tables.unitOfWork(async (work) => void ((await work.get(Order, KEY))!.total = 5));
    expect(await isStored()).to.equal(true);
    await orders.merge(KEY, { status: null });
    await tables.unitOfWork(async (work) => {
      const order = await work.repository(Order).getOrThrow(KEY);
      work.repository(Order).assign(order, { status: 'open' });
    });
    expect(await isStored()).to.equal(true);
  });

  it('A default that a function made while the row was read does not count as a change', async () => {
    @Entity({ table: 'Orders' })
    class Dated {
      @PartitionKey() customerId!: PartitionKey;
      @RowKey() orderId!: RowKey;
      @Property({ type: 'Guid', default: () => Guid.random() }) id!: Guid;
      @Property({ type: 'String' }) note?: string;
    }
    const { tables } = await open();
    await tables.repository(Order).insert(tables.repository(Order).create({ ...KEY, total: 1 }));
    const work = tables.unitOfWork();
    const dated = (await work.get(Dated, KEY))!;
    expect([Guid.is(dated.id), work.plan()]).to.deep.equal([true, []]);
    dated.note = 'x';
    await work.commit();
    expect((await tables.repository(Dated).getOrThrow(KEY)).id.toString()).to.equal(dated.id.toString());
  });

  it('An entity without a required property is refused before anything is sent', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const bare = (): Order => Object.assign(new Order(), KEY);
    await orders.insert(orders.create({ ...KEY, total: 1 }));
    const loaded = await orders.getOrThrow(KEY);
    loaded.total = undefined as never;
    const unit = (write: (orders: ReturnType<typeof tables.repository<Order>>) => Promise<unknown>): Promise<unknown> =>
      tables.unitOfWork((work) => write(work.repository(Order)));
    const refused: Readonly<Record<string, () => Promise<unknown>>> = {
      insert: () => orders.insert(bare()),
      upsert: () => orders.upsert(bare()),
      replace: () => orders.replace(bare(), { etag: '*' }),
      'save of a loaded entity': () => orders.save(loaded),
      'save of null': () => orders.save(Object.assign(bare(), { etag: loaded.etag, total: null })),
      merge: () => orders.merge(KEY, { total: null }),
      'merge by filter': () => orders.query({ customerId: 'c1' }).merge({ total: null }),
      assign: async () => orders.assign(loaded, { total: null }),
      'insert in a unit': () => unit((repository) => repository.insert(bare())),
      'merge in a unit': () => unit((repository) => repository.merge(KEY, { total: null })),
    };
    for (const [verb, write] of Object.entries(refused)) {
      const error = await rejection(write());
      expect(EntitableError.is(error, 'validation.missing-property') && error.details, verb).to.deep.equal({
        className: 'Order',
        properties: ['total'],
      });
    }
    const bulk = await orders.insertMany([bare()], { onError: 'collect' });
    expect(bulk.failed[0]?.error).to.have.property('code', 'validation.missing-property');
    // A property that a DTO leaves out is kept, and does not count as missing.
    await orders.save(Object.assign(bare(), { etag: loaded.etag, note: 'x' }));
    expect(await orders.getOrThrow(KEY)).to.include({ total: 1, note: 'x' });
  });
});
