import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { Foreign, order, Order, Setting } from '../support/models.js';
import { recordingStore, requestNames } from '../../src/testing/recording-store.js';

const KEY = { customerId: 'c1', orderId: 'o1' } as const;

onEveryStore('save', (open) => {
  it('save inserts an entity that was never loaded and has no ETag', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const saved = await orders.save(order());
    expect(saved.etag).to.match(/^W\//);
    expect(await rejection(orders.save(order()))).to.have.property('code', 'store.already-exists');
  });

  it('save sends nothing if nothing changed, even right after a write', async () => {
    const { store, tableName } = await open();
    const { store: recorded, requests } = recordingStore(store);
    const orders = (await DataSource.open(recorded, { tableName })).repository(Order);
    const saved = await orders.save(
      order({ placedAt: new Date(5), signature: new Uint8Array([1, 2]), address: { street: 's' } }),
    );
    const loaded = await orders.getOrThrow(KEY);
    requests.length = 0;
    await orders.save(saved);
    await orders.save(loaded);
    expect(requestNames(requests)).to.deep.equal([]);
  });

  it('save merges the difference of a loaded entity and keeps properties that another program stored', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const foreign = tables.repository(Foreign);
    await orders.insert(order({ status: 'open', paid: false }));
    await foreign.merge(KEY, { note: 'theirs', weight: 3 });
    const loaded = await orders.getOrThrow(KEY);
    loaded.status = 'shipped';
    loaded.total = Number.NaN;
    await orders.save(loaded);
    expect(await orders.getOrThrow(KEY)).to.deep.include({
      status: 'shipped',
      total: Number.NaN,
      paid: false,
      items: 1,
    });
    expect(await foreign.getOrThrow(KEY)).to.deep.include({ note: 'theirs', weight: 3 });
  });

  it('save can be repeated, each time under the new ETag', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const entity = await orders.insert(order());
    const etags = [entity.etag];
    for (const total of [1, 2, 3]) {
      entity.total = total;
      etags.push((await orders.save(entity)).etag);
    }
    expect(new Set(etags).size).to.equal(4);
    expect((await orders.getOrThrow(KEY)).total).to.equal(3);
  });

  it('save refuses a lost update with store.precondition-failed and leaves the entity as it is', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    await orders.insert(order());
    const [mine, theirs] = [await orders.getOrThrow(KEY), await orders.getOrThrow(KEY)];
    theirs.total = 1;
    await orders.save(theirs);
    mine.total = 2;
    expect(await rejection(orders.save(mine))).to.have.property('code', 'store.precondition-failed');
    expect(await orders.getOrThrow(KEY)).to.have.property('total', 1);
    await orders.refresh(mine);
    expect(mine).to.have.property('total', 1);
    mine.total = 2;
    await orders.save(mine);
    expect(await orders.getOrThrow(KEY)).to.have.property('total', 2);
  });

  it('save uses the remembered ETag if the class has no @ETag property', async () => {
    const { tables } = await open();
    const settings = tables.repository(Setting);
    const key = { scope: 's', name: 'n' };
    const setting = await settings.insert(Object.assign(new Setting(), { ...key, value: 'one' }));
    await settings.merge(key, { value: 'two' });
    setting.value = 'three';
    expect(await rejection(settings.save(setting))).to.have.property('code', 'store.precondition-failed');
  });

  for (const absent of [undefined, null]) {
    it(`save removes a property that was set to ${String(absent)} and keeps every undeclared one exactly`, async () => {
      const { tables } = await open();
      const orders = tables.repository(Order);
      const foreign = tables.repository(Foreign);
      await orders.insert(order({ email: 'a@b.c', paid: true }));
      await foreign.merge(KEY, { note: 'ünï', weight: 3, big: 2n ** 62n });
      const loaded = await orders.getOrThrow(KEY);
      loaded.email = absent;
      loaded.items = 2;
      await orders.save(loaded);
      expect(await orders.getOrThrow(KEY)).to.deep.include({ email: undefined, items: 2, paid: true });
      expect(await foreign.getOrThrow(KEY)).to.deep.include({ note: 'ünï', weight: 3, big: 2n ** 62n });
      loaded.items = 3;
      await orders.save(loaded);
      expect(await orders.getOrThrow(KEY)).to.deep.include({ email: undefined, items: 3 });
    });
  }

  it('Every write of an entity keeps the 100 ns of dates that nobody changed', async () => {
    const { tables, store, tableName } = await open();
    const orders = tables.repository(Order);
    const rows = store.rows(tableName('Orders'), { properties: [{ name: 'placedAt', type: 'DateTime' }] });
    const ticks = (orderId: string): Promise<readonly [number, number] | undefined> =>
      rows.get('c1', orderId, (row) => [row.milliseconds(0), row.ticks(0)] as const);
    await orders.insert(order());
    await store.submit(tableName('Orders'), [
      rows.prepare({
        mode: 'merge',
        partitionKey: 'c1',
        rowKey: 'o1',
        ifMatch: '*',
        write: (writer) => writer.dateTime(0, 1000, 4567),
      }),
    ]);
    const loaded = await orders.getOrThrow(KEY);
    expect(loaded.placedAt).to.deep.equal(new Date(1000));
    loaded.total = 7;
    await orders.save(loaded);
    expect(await ticks('o1')).to.deep.equal([1000, 4567]);
    await orders.replace(loaded);
    expect(await ticks('o1')).to.deep.equal([1000, 4567]);
    await orders.upsert(loaded, { mode: 'replace' });
    expect(await ticks('o1')).to.deep.equal([1000, 4567]);
    loaded.email = 'x';
    await orders.save(loaded);
    loaded.email = undefined;
    await orders.save(loaded);
    expect(await ticks('o1')).to.deep.equal([1000, 4567]);
    loaded.placedAt = new Date(1001);
    await orders.save(loaded);
    expect(await ticks('o1')).to.deep.equal([1001, 0]);
  });

  it('save detects a change inside bytes, a date or a converted value', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const entity = await orders.insert(
      order({ signature: new Uint8Array([1, 2]), placedAt: new Date(5), address: { street: 's' } }),
    );
    entity.signature![1] = 9;
    await orders.save(entity);
    expect(Array.from((await orders.getOrThrow(KEY)).signature!)).to.deep.equal([1, 9]);
    entity.placedAt!.setTime(6);
    (entity.address as { street: string }).street = 't';
    await orders.save(entity);
    expect(await orders.getOrThrow(KEY)).to.deep.include({ placedAt: new Date(6), address: { street: 't' } });
  });

  describe('save of an entity that was never loaded, with its @ETag property set', () => {
    it('save reads the row of such an entity and merges the difference', async () => {
      const { tables, store, tableName } = await open();
      const orders = tables.repository(Order);
      const { etag } = await orders.insert(order({ status: 'open' }));
      const { store: recorded, requests } = recordingStore(store);
      const others = (await DataSource.open(recorded, { tableName })).repository(Order);
      await others.save(order({ etag, total: 99, status: 'shipped' }));
      expect(requestNames(requests)).to.deep.equal(['get', 'merge']);
      expect(await orders.getOrThrow(KEY)).to.deep.include({ total: 99, status: 'shipped' });
    });

    it('save refuses such an entity if the row has another ETag, with store.precondition-failed, and writes nothing', async () => {
      const { tables } = await open();
      const orders = tables.repository(Order);
      const { etag } = await orders.insert(order());
      await orders.merge(KEY, { total: 1 });
      expect(await rejection(orders.save(order({ etag, total: 2 })))).to.have.property(
        'code',
        'store.precondition-failed',
      );
      expect(await orders.getOrThrow(KEY)).to.have.property('total', 1);
    });

    it('save refuses such an entity if the row is missing, with store.not-found', async () => {
      const { tables } = await open();
      expect(await rejection(tables.repository(Order).save(order({ etag: `W/"x"` })))).to.have.property(
        'code',
        'store.not-found',
      );
    });

    it('A copy made with spread is such an entity', async () => {
      const { tables } = await open();
      const orders = tables.repository(Order);
      const loaded = await orders.insert(order());
      await orders.save(Object.assign(new Order(), { ...loaded, total: 5 }));
      expect(await orders.getOrThrow(KEY)).to.have.property('total', 5);
    });
  });

  it('save refuses a changed key with key.changed and explains how to move an entity', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const entity = await orders.insert(order());
    entity.orderId = 'o2';
    const error = await rejection(orders.save(entity));
    expect(EntitableError.is(error, 'key.changed') && error.details).to.deep.equal({
      className: 'Order',
      properties: ['orderId'],
    });
    expect(String(error)).to.include(
      'To move an entity, insert a copy that has the new key and delete the old one by its key.',
    );
  });

  it('save refuses an entity of another table or store with entity.foreign; insert and upsert copy it', async () => {
    const { tables } = await open();
    const { tables: elsewhere } = await open();
    const entity = await tables.repository(Order).insert(order({ placedAt: new Date(5) }));
    const copies = elsewhere.repository(Order);
    entity.total = 2;
    for (const refused of [copies.save(entity), copies.replace(entity), copies.delete(entity)]) {
      expect(await rejection(refused)).to.have.property('code', 'entity.foreign');
    }
    await copies.insert(entity);
    expect(await copies.getOrThrow(KEY)).to.deep.include({ total: 2, placedAt: new Date(5) });
    entity.total = 3;
    await copies.save(entity);
    expect(await copies.getOrThrow(KEY)).to.have.property('total', 3);
    expect(await tables.repository(Order).getOrThrow(KEY)).to.have.property('total', 10.5);
  });

  it('The error entity.foreign explains how to delete an archived entity at its origin: by its key', async () => {
    const { tables, tableName } = await open();
    const orders = tables.repository(Order);
    const archive = tables.withTables((name) => tableName(`${name}Archive`)).repository(Order);
    const entity = await orders.insert(order());
    await archive.insert(entity);
    expect(String(await rejection(orders.delete(entity)))).to.include(
      'To copy it, use insert or upsert. To delete or change the row that is here, name it by its key: delete({ customerId, orderId }).',
    );
    expect(await orders.delete(KEY)).to.equal(true);
    expect([await orders.exists(KEY), await archive.exists(KEY)]).to.deep.equal([false, true]);
  });

  it('save takes a copy for a new entity if the class has no ETag property, and its error explains that', async () => {
    const { tables } = await open();
    const settings = tables.repository(Setting);
    await settings.insert({ scope: 's', name: 'n', value: 'one' });
    const copy = new Proxy(await settings.getOrThrow({ scope: 's', name: 'n' }), {});
    copy.value = 'two';
    const error = await rejection(settings.save(copy));
    expect(error).to.have.property('code', 'store.already-exists');
    expect(String(error)).to.include(
      'Use upsert to write over it, whatever it holds. If it is a copy of one that was read, or a proxy of it: ' +
        'save() knows copies by their @ETag() property alone, and Setting declares none.',
    );
    expect(
      String(await rejection(tables.repository(Order).insert(await tables.repository(Order).insert(order())))),
    ).to.match(/is stored already\. Use upsert to write over it, whatever it holds\.$/);
  });

  it('save inserts an entity that was deleted through a repository', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const entity = await orders.insert(order());
    await orders.delete(entity);
    expect(await orders.exists(KEY)).to.equal(false);
    await orders.save(entity);
    expect(await orders.exists(KEY)).to.equal(true);
  });

  it('save accepts plain objects and remembers their rows', async () => {
    const { tables } = await open();
    const settings = tables.repository(Setting);
    const plain = { scope: 's', name: 'n', value: 'one' };
    await settings.insert(plain);
    expect(Object.keys(plain)).to.deep.equal(['scope', 'name', 'value']);
    plain.value = 'two';
    await settings.save(plain);
    expect(await settings.get({ scope: 's', name: 'n' })).to.have.property('value', 'two');
  });
});
