import { inspect } from 'node:util';
import { expect } from 'chai';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { Repository } from '../../src/repository/repository.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { order, Order, Setting } from '../support/models.js';

const SECRET = 'hunter2';

const DOCUMENTED = ' (source: documentation)';

/** Values that the service cannot store, each named by the rule that it breaks. */
const REFUSED: readonly (readonly [rule: string, changes: object, code: string, source?: string])[] = [
  ['an Int32 beyond 2^31 - 1', { items: 2 ** 31 }, 'validation.out-of-range', DOCUMENTED],
  ['an Int32 with a fraction', { items: 0.5 }, 'validation.out-of-range', DOCUMENTED],
  ['an Int32 that is NaN', { items: Number.NaN }, 'validation.out-of-range'],
  ['an Int64 beyond 2^63 - 1', { sequence: 2n ** 63n }, 'validation.out-of-range', DOCUMENTED],
  ['an Int64 that is a number', { sequence: 5 }, 'validation.wrong-type'],
  ['a DateTime before 1601', { placedAt: new Date('1600-12-31T23:59:59.999Z') }, 'validation.out-of-range', DOCUMENTED],
  ['a DateTime after 9999', { placedAt: new Date(253_402_300_800_000) }, 'validation.out-of-range', DOCUMENTED],
  ['a DateTime that is invalid', { placedAt: new Date(Number.NaN) }, 'validation.out-of-range'],
  ['a DateTime in text', { placedAt: '2026-11-21T00:00:00Z' }, 'validation.wrong-type'],
  ['a Guid in text', { correlation: 'c9da6455-213d-42c9-9a79-3e9149a57833' }, 'validation.wrong-type'],
  ['a Boolean in text', { paid: 'true' }, 'validation.wrong-type'],
  ['a String that is a number', { status: 5 }, 'validation.wrong-type'],
  ['a String of 32,769 UTF-16 units', { email: 'x'.repeat(32_769) }, 'validation.too-long', DOCUMENTED],
  ['a String with half of a surrogate pair', { email: `${SECRET}\uD800` }, 'validation.unpaired-surrogate'],
  ['a Binary of 65,537 bytes', { signature: new Uint8Array(65_537) }, 'validation.too-long', DOCUMENTED],
  ['a Binary that is an array', { signature: [1, 2] }, 'validation.wrong-type'],
  ['a converted value without a stored form', { address: () => SECRET }, 'validation.converter-failed'],
  ['a key with a slash', { orderId: 'a/b' }, 'key.forbidden-character', DOCUMENTED],
  ['a key with a control character', { orderId: 'a\u0001' }, 'key.forbidden-character', DOCUMENTED],
  ['a key of 513 UTF-16 units', { orderId: 'x'.repeat(513) }, 'key.too-long', DOCUMENTED],
  ['a key with half of a surrogate pair', { orderId: '\uDC00' }, 'key.unpaired-surrogate'],
  ['no key', { orderId: undefined }, 'key.missing-part'],
  ['a key that is a number', { orderId: 5 }, 'key.wrong-type'],
];

onEveryStore('An entity that cannot be stored', (open) => {
  for (const [rule, changes, code, source = ''] of REFUSED) {
    it(`An entity with ${rule} is refused with ${code} before anything is sent${source}`, async () => {
      const { tables, tableName } = await open();
      const orders = tables.repository(Order);
      const error = await rejection(orders.insert(order(changes)));
      expect(error).to.have.property('code', code);
      expect((error as Error).message).to.match(/^Order\.|^The RowKey of Order /);
      expect(inspect(error, { depth: 9 })).not.to.include(SECRET);
      expect(await tables.tables.exists(tableName('Orders'))).to.equal(false);
    });
  }

  it('The errors for an entity of another class and for one without a key differ', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order) as unknown as Repository<Setting>;
    const setting = Object.assign(new Setting(), { name: SECRET });
    const writes = [
      () => orders.insert(setting),
      () => orders.save(setting),
      () => orders.upsert(setting),
      () => orders.delete(setting),
      () => orders.get(setting),
      () => tables.unitOfWork((unit) => (unit.repository(Order) as unknown as Repository<Setting>).insert(setting)),
    ];
    for (const write of writes) {
      const error = await rejection(write());
      if (!EntitableError.is(error, 'key.missing-part')) throw error;
      expect(error.message).to.equal(
        'This is an entity of Setting, not of Order: it has no customerId, of which the PartitionKey is composed. Give it to the repository of its class.',
      );
      expect(error.details).to.deep.equal({ className: 'Order', key: 'PartitionKey', property: 'customerId' });
    }
  });

  it('An entity with the largest values of every limit is accepted (source: documentation)', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const edges = {
      email: 'x'.repeat(32_768),
      signature: new Uint8Array(65_536).fill(7),
      items: -(2 ** 31),
      sequence: -(2n ** 63n),
    };
    await orders.insert(
      order({
        ...edges,
        customerId: 'x'.repeat(512),
        orderId: 'y'.repeat(512),
        placedAt: new Date('1601-01-01T00:00:00Z'),
      }),
    );
    const [loaded] = await orders.scan().toArray();
    expect(loaded).to.deep.include({ email: edges.email, items: edges.items, sequence: edges.sequence });
    expect(Buffer.compare(loaded!.signature!, edges.signature)).to.equal(0);
  });

  it('An entity over 1 MiB is refused with validation.entity-too-large (source: live tests)', async () => {
    const { tables } = await open({ limits: { entityBytes: 1000 } });
    const error = await rejection(tables.repository(Order).insert(order({ email: 'x'.repeat(500) })));
    expect(EntitableError.is(error, 'validation.entity-too-large') && error.details).to.include({
      className: 'Order',
      limit: 1000,
    });
  });

  it('An entity with more properties than the store accepts is refused with validation.too-many-properties (source: documentation)', async () => {
    const { tables } = await open({ limits: { properties: 1 } });
    const error = await rejection(tables.repository(Order).insert(order()));
    expect(EntitableError.is(error, 'validation.too-many-properties') && error.details).to.deep.equal({
      className: 'Order',
      count: 2,
      limit: 1,
    });
  });

  it('An entity that cannot receive its ETag is refused with entity.read-only; one without receivers may be frozen', async () => {
    const { tables } = await open();
    expect(await rejection(tables.repository(Order).insert(Object.freeze(order())))).to.have.property(
      'code',
      'entity.read-only',
    );
    await tables.repository(Setting).insert(Object.freeze({ scope: 's', name: 'n' }));
    expect(await tables.repository(Setting).exists({ scope: 's', name: 'n' })).to.equal(true);
  });

  it('A value that is not an object is refused with entity.not-an-object', async () => {
    const { tables } = await open();
    for (const entity of [undefined, null, 'c1', 5]) {
      expect(await rejection(tables.repository(Order).insert(entity as never))).to.have.property(
        'code',
        'entity.not-an-object',
      );
    }
    expect(() => tables.repository(Order).query('c1' as never)).to.throw(
      'A partition of Order is an object, not string. Give { customerId }.',
    );
  });
});
