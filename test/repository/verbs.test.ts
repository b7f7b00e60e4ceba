import { expect } from 'chai';
import { Guid } from '../../src/edm/guid.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { DomainEvent, Foreign, order, Order, Setting, Unmarked } from '../support/models.js';

const KEY = { customerId: 'c1', orderId: 'o1' } as const;
const WHOLE = {
  sequence: 2n ** 63n - 1n,
  placedAt: new Date('9999-12-31T23:59:59.999Z'),
  correlation: Guid.parse('c9da6455-213d-42c9-9a79-3e9149a57833'),
  signature: new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4),
  paid: false,
  status: 'open',
  email: 'größe@例.jp',
  address: { street: 'Straße 😀', city: '' },
} as const;

onEveryStore('insert', (open) => {
  it('insert returns the same entity with its ETag and timestamp, and stores every EDM type exactly', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const entity = order(WHOLE);
    const inserted = await orders.insert(entity);
    expect(inserted).to.equal(entity);
    expect(entity.etag).to.be.a('string');
    expect(Math.abs(entity.updatedAt!.getTime() - Date.now())).to.be.lessThan(60_000);
    const loaded = await orders.getOrThrow(KEY);
    expect(loaded).to.be.instanceOf(Order);
    expect(loaded.isLarge()).to.equal(false);
    expect({ ...loaded, signature: [...loaded.signature!] }).to.deep.equal({ ...entity, signature: [1, 2, 3] });
  });

  for (const total of [0, 20, 0.1, Number.NaN, Infinity, -Infinity, 5e-324, 1.7976931348623157e308, 2 ** 53, 1e21]) {
    it(`insert stores the Double ${total} exactly`, async () => {
      const { tables } = await open();
      const orders = tables.repository(Order);
      await orders.insert(order({ total }));
      expect(Object.is((await orders.getOrThrow(KEY)).total, total)).to.equal(true);
    });
  }

  it('insert does not store absent, null or undefined properties, which are read as undefined', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    await orders.insert(order({ email: null, paid: undefined }));
    expect(await orders.getOrThrow(KEY)).to.include({ email: undefined, paid: undefined, status: undefined });
    expect(
      await orders
        .query({ customerId: 'c1' })
        .where((o) => o.email.isMissing())
        .count(),
    ).to.equal(1);
  });

  it('insert refuses a key that is taken with store.already-exists', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    await orders.insert(order());
    const error = await rejection(orders.insert(order({ total: 1 })));
    expect(EntitableError.is(error, 'store.already-exists')).to.equal(true);
    expect((await orders.getOrThrow(KEY)).total).to.equal(10.5);
  });

  it('insert accepts empty keys, and keys with any script, quotes and percent signs', async () => {
    const { tables } = await open();
    const settings = tables.repository(Setting);
    const names = ['', "it's", '"', '%', '%27', 'a b', '漢字', '😀', "' or 1 eq 1 or '", '+&=;:@$,!*()[]{}<>|^`~'];
    for (const name of names) await settings.insert({ scope: '', name, value: name });
    const found = await settings.getMany(names.map((name) => ({ scope: '', name })));
    expect(found.map((setting) => setting?.value)).to.deep.equal(names);
  });
});

onEveryStore('get', (open) => {
  it('get returns undefined for a missing row; getOrThrow throws store.not-found, which names the key', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    expect(await orders.get(KEY)).to.equal(undefined);
    const error = await rejection(orders.getOrThrow(KEY));
    expect(error).to.have.property('code', 'store.not-found');
    expect(String(error)).to.include('No Order has the key (customerId: "c1", orderId: "o1")');
  });

  it('getMany returns entities in the order of the keys, with undefined for missing rows', async () => {
    const { tables } = await open();
    const settings = tables.repository(Setting);
    for (let index = 0; index < 40; index += 2)
      await settings.insert({ scope: 's', name: `n${index}`, value: String(index) });
    const keys = Array.from({ length: 40 }, (_, index) => ({ scope: 's', name: `n${39 - index}` }));
    const found = await settings.getMany(keys, { concurrency: 3 });
    expect(found.map((setting) => setting?.value)).to.deep.equal(
      keys.map((_, index) => (index % 2 === 0 ? undefined : String(39 - index))),
    );
  });

  it('get takes the parts of a composed key, and the entity has them', async () => {
    const { tables } = await open();
    const events = tables.repository(DomainEvent);
    const key = { tenantId: 'a|b/c', stream: 'ünï~', at: new Date('2026-11-21T09:30:00.123Z'), eventId: 'e?#1' };
    await events.insert({ ...key, payload: [1, null, { deep: 'x' }] });
    expect({ ...(await events.getOrThrow(key)) }).to.deep.equal({ ...key, payload: [1, null, { deep: 'x' }] });
  });

  it('get takes { partitionKey, rowKey } for a class without marked keys', async () => {
    const { tables } = await open();
    const unmarked = tables.repository(Unmarked);
    await unmarked.insert({ p: 'a', r: 'b', value: 'v' });
    expect(await unmarked.get({ partitionKey: 'a', rowKey: 'b' })).to.include({ p: 'a', r: 'b', value: 'v' });
    expect(await unmarked.query({ partitionKey: 'a' }).count()).to.equal(1);
  });

  it('get converts a value stored as another type than declared if nothing is lost', async () => {
    const { tables, store, tableName } = await open();
    await tables.repository(Order).insert(order());
    const rows = store.rows(tableName('Orders'), {
      properties: [
        { name: 'total', type: 'Int32' },
        { name: 'items', type: 'Int64' },
        { name: 'sequence', type: 'Int32' },
        { name: 'correlation', type: 'String' },
      ],
    });
    const write = rows.prepare({
      mode: 'merge',
      partitionKey: 'c1',
      rowKey: 'o1',
      ifMatch: '*',
      write(writer) {
        writer.int32(0, 20);
        writer.int64(1, 7n);
        writer.int32(2, 5);
        writer.string(3, 'C9DA6455-213D-42C9-9A79-3E9149A57833');
      },
    });
    await store.submit(tableName('Orders'), [write]);
    const loaded = await tables.repository(Order).getOrThrow(KEY);
    expect(loaded).to.deep.include({ total: 20, items: 7, sequence: 5n, correlation: WHOLE.correlation });
  });

  it('get refuses a stored type that would lose something with entity.type-mismatch, which names the key, the property and both types, but not the value', async () => {
    const { tables, store, tableName } = await open();
    await tables.repository(Order).insert(order());
    const rows = store.rows(tableName('Orders'), { properties: [{ name: 'items', type: 'Double' }] });
    const operation = { mode: 'merge', partitionKey: 'c1', rowKey: 'o1', ifMatch: '*' } as const;
    await store.submit(tableName('Orders'), [
      rows.prepare({ ...operation, write: (writer) => writer.double(0, 987654.25) }),
    ]);
    const error = await rejection(tables.repository(Order).get(KEY));
    if (!EntitableError.is(error, 'entity.type-mismatch')) throw error;
    expect(error.details).to.deep.equal({
      className: 'Order',
      property: 'items',
      storedName: 'items',
      partitionKey: 'c1',
      rowKey: 'o1',
      declared: 'Int32',
      found: 'Double',
    });
    expect(error.message).not.to.include('987654');
  });
});

onEveryStore('merge', (open) => {
  it('merge changes the properties of the patch, removes those that are null, and keeps the rest, including those that are undefined', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    await orders.insert(order({ email: 'x', paid: true, status: 'open' }));
    const { etag } = await orders.merge(KEY, { total: 1, email: undefined, paid: null });
    const loaded = await orders.getOrThrow(KEY);
    expect(loaded).to.include({ total: 1, email: 'x', paid: undefined, status: 'open', items: 1, etag });
  });

  it('merge is unconditional unless it has an ETag', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const { etag } = await orders.insert(order());
    await orders.merge(KEY, { total: 1 });
    expect(await rejection(orders.merge(KEY, { total: 2 }, { etag }))).to.have.property(
      'code',
      'store.precondition-failed',
    );
    expect(await rejection(orders.merge({ ...KEY, orderId: 'no' }, { total: 2 }))).to.have.property(
      'code',
      'store.not-found',
    );
  });

  it('merge refuses names that are not stored, key parts and the ETag', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    for (const patch of [{ totl: 1 }, { orderId: 'x' }, { etag: 'x' }, { updatedAt: new Date() }, { isLarge: 1 }]) {
      expect(await rejection(orders.merge(KEY, patch))).to.have.property('code', 'validation.unknown-property');
    }
  });
});

onEveryStore('replace', (open) => {
  it('replace removes properties that the class does not declare, as the service does', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const entity = await orders.insert(order({ email: 'x' }));
    await tables.repository(Foreign).merge(KEY, { note: 'theirs' });
    await orders.refresh(entity);
    entity.email = undefined;
    await orders.replace(entity);
    expect(await tables.repository(Foreign).getOrThrow(KEY)).to.have.property('note', undefined);
    expect(await orders.getOrThrow(KEY)).to.include({ email: undefined, total: 10.5 });
  });

  it('replace is conditional on the ETag of the entity, and refused with entity.no-etag if it has none', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    await orders.insert(order());
    expect(await rejection(orders.replace(order()))).to.have.property('code', 'entity.no-etag');
    expect(await rejection(orders.replace(order({ etag: `W/"datetime'2020-01-01T00%3A00%3A00Z'"` })))).to.have.property(
      'code',
      'store.precondition-failed',
    );
    await orders.replace(order({ total: 1 }), { etag: '*' });
    expect(await orders.getOrThrow(KEY)).to.have.property('total', 1);
  });
});

onEveryStore('upsert', (open) => {
  it('upsert inserts a missing row and merges or replaces an existing one, always unconditionally', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    await orders.upsert(order({ email: 'x' }));
    await orders.upsert(order({ total: 1 }), { mode: 'merge' });
    expect(await orders.getOrThrow(KEY)).to.include({ total: 1, email: 'x' });
    await orders.upsert(order({ total: 2, etag: 'stale' }), { mode: 'replace' });
    expect(await orders.getOrThrow(KEY)).to.include({ total: 2, email: undefined });
  });
});

onEveryStore('delete', (open) => {
  it('delete removes an entity under its ETag, and the row of a key unconditionally', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const stale = await orders.insert(order());
    await orders.merge(KEY, { total: 1 });
    expect(await rejection(orders.delete(stale))).to.have.property('code', 'store.precondition-failed');
    expect(await orders.delete(KEY)).to.equal(true);
    expect(await orders.exists(KEY)).to.equal(false);
    await orders.insert(order());
    expect(await rejection(orders.delete(order()))).to.have.property('code', 'entity.no-etag');
    expect(await orders.delete(order(), { etag: '*' })).to.equal(true);
  });

  it("delete refuses a missing row, or ignores it with missing: 'ignore'", async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    expect(await rejection(orders.delete(KEY))).to.have.property('code', 'store.not-found');
    expect(await orders.delete(KEY, { missing: 'ignore' })).to.equal(false);
  });

  it('delete uses the ETag of a plain object that has one', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const { etag } = await orders.insert(order());
    await orders.merge(KEY, { total: 1 });
    expect(await rejection(orders.delete({ ...KEY, etag }))).to.have.property('code', 'store.precondition-failed');
  });
});

onEveryStore('modify', (open) => {
  it('modify repeats after a lost race until every increment counts', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    await orders.insert(order({ items: 0 }));
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let step = 0; step < 5; step++)
          await orders.modify(KEY, (entity) => void entity.items++, { maxRetries: 100 });
      }),
    );
    expect((await orders.getOrThrow(KEY)).items).to.equal(40);
  });

  it('modify gives up after its retries with store.precondition-failed, and runs the change once per attempt', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    await orders.insert(order());
    let tries = 0;
    const losing = orders.modify(
      KEY,
      async (entity) => {
        tries++;
        entity.total++;
        await orders.merge(KEY, { items: tries + 1 });
      },
      { maxRetries: 2 },
    );
    expect(await rejection(losing)).to.have.property('code', 'store.precondition-failed');
    expect(tries).to.equal(3);
  });

  it('modify with `missing` makes, changes and inserts an entity that is not stored', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const made: Order[] = [];
    const add = (): Promise<Order> =>
      orders.modify(KEY, (entity) => void entity.items++, {
        missing: async () => {
          made.push(order({ items: 5 }));
          return made.at(-1)!;
        },
      });
    const inserted = await add();
    expect(inserted).to.equal(made[0]);
    expect(inserted.etag).to.equal((await orders.getOrThrow(KEY)).etag);
    expect((await add()).items).to.equal(7);
    expect(made).to.have.length(1);
  });

  it("modify with `missing` takes another writer's insert for a lost race, so that every increment counts", async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const missing = (): Order => order({ items: 0 });
    const increment = async (): Promise<unknown> =>
      orders.modify(KEY, (entity) => void entity.items++, { missing, maxRetries: 50 });
    await Promise.all(Array.from({ length: 8 }, increment));
    expect((await orders.getOrThrow(KEY)).items).to.equal(8);
    const other = { ...KEY, orderId: 'o2' };
    const insertMeanwhile = async (): Promise<void> => void (await orders.insert(order(other)));
    const losing = orders.modify(other, insertMeanwhile, { missing: () => order(other), maxRetries: 0 });
    expect(await rejection(losing)).to.have.property('code', 'store.already-exists');
  });

  it('modify with `missing` refuses an entity of another key, before and after the change, and a value that is not a function', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const key = order({ orderId: 'o2' });
    expect(await rejection(orders.modify(KEY, () => 1, { missing: () => key }))).to.deep.include({
      code: 'key.changed',
      details: { className: 'Order', properties: ['orderId'] },
    });
    const moving = orders.modify(KEY, (entity) => void (entity.orderId = 'o3'), { missing: () => order() });
    expect(await rejection(moving)).to.have.property('code', 'key.changed');
    const noFunction = orders.modify(KEY, () => 1, { missing: 'ignore' as never });
    expect(await rejection(noFunction)).to.have.property('code', 'validation.invalid-option');
    expect(await orders.scan().count()).to.equal(0);
  });

  it('modify refuses a change that returns a copy or a patch, before anything is written', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const { etag } = await orders.insert(order());
    const copies: readonly ((entity: Order) => unknown)[] = [
      (entity) => ({ ...entity, total: 1 }),
      async (entity) => ({ ...entity, total: 1 }),
      () => ({ total: 1 }),
      (entity) => Object.assign(new Order(), entity, { total: 1 }),
      (entity) => Object.assign(Object.create(null) as object, entity, { total: 1 }),
      (entity) => structuredClone(entity),
    ];
    for (const change of copies) {
      expect(await rejection(orders.modify(KEY, change))).to.deep.include({
        code: 'validation.invalid-option',
        message:
          'The change of modify() gave another object than the Order that it was given, which alone is written. Change that one, e.g. by ' +
          'Object.assign(entity, { … }), and return nothing.',
        details: {
          option: 'change',
          expected: 'a function that changes the entity',
          found: 'one that gives another object',
        },
      });
    }
    const made = orders.modify({ ...KEY, orderId: 'o2' }, (entity) => ({ ...entity }), {
      missing: () => order({ orderId: 'o2' }),
    });
    expect(await rejection(made)).to.have.property('code', 'validation.invalid-option');
    expect((await orders.scan().toArray()).map((found) => found.etag)).to.deep.equal([etag]);
  });

  it('modify ignores other results of an arrow function', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    await orders.insert(order({ items: 0 }));
    const changes: readonly ((entity: Order) => unknown)[] = [
      (entity) => entity.items++,
      (entity) => (entity.paid = true),
      (entity) => (entity.status = 'shipped'),
      (entity) => (entity.email = null),
      (entity) => (entity.placedAt = new Date(0)),
      (entity) => (entity.address = { street: 'Elm' }),
      (entity) => Object.assign(entity, { sequence: 1n }),
      async (entity) => orders.assign(entity, { total: 2 }),
      (entity) => [(entity.items += 1)],
      () => new Map(),
    ];
    for (const change of changes) await orders.modify(KEY, change);
    const { etag: _etag, updatedAt: _updatedAt, ...values } = await orders.getOrThrow(KEY);
    expect(values).to.deep.equal({
      ...KEY,
      items: 2,
      paid: true,
      status: 'shipped',
      placedAt: new Date(0),
      address: { street: 'Elm' },
      sequence: 1n,
      total: 2,
      correlation: undefined,
      signature: undefined,
      email: undefined,
    });
  });

  it('modify throws the error of the change, and store.not-found for a missing row', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    expect(await rejection(orders.modify(KEY, () => 1))).to.have.property('code', 'store.not-found');
    await orders.insert(order());
    const mine = new Error('mine');
    expect(
      await rejection(
        orders.modify(KEY, () => {
          throw mine;
        }),
      ),
    ).to.equal(mine);
  });
});

onEveryStore('Every operation', (open) => {
  it('Every operation refuses invalid options with validation.invalid-option', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    for (const verb of [
      () => orders.getMany([KEY], { concurrency: 0 }),
      () => orders.getMany([KEY], { concurrency: 1.5 }),
      () => orders.modify(KEY, () => 1, { maxRetries: -1 }),
      () => orders.upsert(order(), { mode: 'insert' as 'merge' }),
    ]) {
      expect(await rejection(verb())).to.have.property('code', 'validation.invalid-option');
    }
  });

  it('Every operation with an aborted signal fails with store.aborted before anything is sent', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    await orders.insert(order());
    const options = { signal: AbortSignal.abort() };
    const verbs = [
      () => orders.get(KEY, options),
      () => orders.getMany([KEY], options),
      () => orders.exists(KEY, options),
      () => orders.insert(order({ orderId: 'o2' }), options),
      () => orders.upsert(order(), options),
      () => orders.merge(KEY, { total: 1 }, options),
      () => orders.delete(KEY, options),
      () => orders.modify(KEY, (entity) => void entity.items++, options),
      () => orders.query({ customerId: 'c1' }).toArray(options),
      () => orders.scan().count(options),
    ];
    for (const verb of verbs) expect(await rejection(verb())).to.have.property('code', 'store.aborted');
    expect((await orders.scan().toArray()).map(({ orderId, total }) => [orderId, total])).to.deep.equal([['o1', 10.5]]);
  });

  it('Every operation throws store.closed after close', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    await tables.close();
    expect(await rejection(orders.get(KEY))).to.have.property('code', 'store.closed');
    expect(await rejection(orders.insert(order()))).to.have.property('code', 'store.closed');
  });
});
