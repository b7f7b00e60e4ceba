import { expect } from 'chai';
import { Keyv } from 'keyv';
import { DataSource } from 'entitable';
import { KeyvTables } from 'entitable/keyv';
import { onEveryStore, rejection } from '../../support/every-store.js';

onEveryStore('Keyv on tables', (open) => {
  it('Keyv on tables stores values of any size under keys with any characters, in namespaces', async () => {
    const { tables } = await open();
    const users = new Keyv({ store: new KeyvTables(tables), namespace: 'users', throwOnErrors: true });
    const other = new Keyv({ store: new KeyvTables(tables), namespace: 'users2', throwOnErrors: true });
    const large = { text: 'x'.repeat(200_000) };
    for (const [key, value] of [
      ['a/b#?\\%~', 1],
      ['漢字', large],
      [' ', ['list']],
    ] as const) {
      await users.set(key, value);
      expect(await users.get(key)).to.deep.equal(value);
      expect(await other.get(key)).to.equal(undefined);
    }
    await other.set('a', 1);
    const found: unknown[] = [];
    for await (const pair of users.iterator!(undefined)) found.push(pair);
    expect(found).to.have.deep.members([
      ['a/b#?\\%~', 1],
      ['漢字', large],
      [' ', ['list']],
    ]);
    await users.clear();
    expect(await users.getMany([' ', '漢字'])).to.deep.equal([undefined, undefined]);
    expect(await other.get('a')).to.equal(1);
  });

  it('Keyv on tables clears one namespace and keeps all others, whatever their names', async () => {
    const { tables } = await open();
    const names = ['app', 'app:sessions', 'app|x', 'a', 'app~'];
    const caches = names.map(
      (namespace) => new Keyv({ store: new KeyvTables(tables), namespace, throwOnErrors: true }),
    );
    for (const [index, cache] of caches.entries()) await cache.set('s1', names[index]);
    await caches[0]!.set('sessions:s1', 'mine');
    expect(await Promise.all(caches.map((cache) => cache.get('s1')))).to.deep.equal(names);
    await caches[0]!.clear();
    expect(await Promise.all(caches.map((cache) => cache.get('s1')))).to.deep.equal([undefined, ...names.slice(1)]);
    expect(await caches[0]!.get('sessions:s1')).to.equal(undefined);
  });

  it('Keyv on tables serves several namespaces by one adapter, but refuses to clear one, because Keyv does not name it', async function () {
    const { tables } = await open();
    const store = new KeyvTables(tables);
    const users = new Keyv({ store, namespace: 'users', throwOnErrors: true });
    const rooms = new Keyv({ store, namespace: 'rooms', throwOnErrors: true });
    if (store.namespace === undefined) this.skip(); // Keyv 6 manages its namespaces itself.
    await users.set('a', 'of users');
    await rooms.setMany([{ key: 'a', value: 'of rooms' }]);
    expect([await users.get('a'), await rooms.get('a'), await users.has('b')]).to.deep.equal([
      'of users',
      'of rooms',
      false,
    ]);
    expect(await rejection(users.clear())).to.include({ code: 'validation.invalid-option' });
    expect(await users.deleteMany(['a'])).to.be.true;
    expect([await users.get('a'), await rooms.get('a')]).to.deep.equal([undefined, 'of rooms']);
    expect(await rejection(store.get('a'))).to.include({ code: 'validation.invalid-option' });
    expect(() => new Keyv({ store, namespace: 'users:old' })).to.throw('"users" and "users:old"');
    expect(await new KeyvTables(tables).get('users:a')).to.equal(undefined);
  });

  it('Keyv on tables sets, gets and deletes many values, and the last value of a key wins', async () => {
    const { tables } = await open();
    const cache = new Keyv({ store: new KeyvTables(tables), throwOnErrors: true });
    await cache.setMany([
      ...Array.from({ length: 120 }, (_, n) => ({ key: `k${n}`, value: n })),
      { key: 'k0', value: 'last' },
    ]);
    expect(await cache.getMany(['k0', 'k119', 'none'])).to.deep.equal(['last', 119, undefined]);
    expect(await cache.hasMany(['k1', 'none'])).to.deep.equal([true, false]);
    // Keyv 5 returns one result for all keys, Keyv 6 one for each.
    expect([await cache.deleteMany(['k1', 'k2'])].flat())
      .to.include(true)
      .and.not.to.include(false);
    expect([await cache.deleteMany(['k1', 'k3'])].flat()).to.include(false);
    expect(await cache.has('k3')).to.be.false;
  });

  it('Keyv on tables expires values', async () => {
    const { tables } = await open();
    const store = new KeyvTables(tables);
    await store.set('short', 'x', -1);
    await store.set('long', 'y', 60_000);
    expect(await store.getMany(['short', 'long'])).to.deep.equal([undefined, 'y']);
    expect(await store.has('short')).to.be.false;
  });

  it('Keyv on tables never expires values whose time to live is not a finite number', async () => {
    const { tables } = await open();
    const cache = new Keyv({ store: new KeyvTables(tables), throwOnErrors: true });
    for (const ttl of [0, Infinity, NaN]) {
      await cache.set('a', ttl, ttl);
      expect(await cache.get('a')).not.to.equal(undefined);
    }
  });

  it('Keyv on tables stores values that Keyv does not serialise as JSON, and refuses those without a JSON form', async () => {
    const { tables } = await open();
    const store = new KeyvTables(tables);
    await store.set('a', { b: [1] });
    expect(await store.get('a')).to.deep.equal({ b: [1] });
    for (const value of [undefined, () => 1, 1n]) {
      expect(await rejection(store.set('a', value))).to.include({ code: 'validation.wrong-type' });
    }
    expect(await store.get('a')).to.deep.equal({ b: [1] });
  });

  it('Keyv on tables refuses a text that exceeds an entity, and truncates none', async () => {
    const { store: target, tableName } = await open();
    const tables = await DataSource.open(target, { tableName, limits: { stringUnits: 10 } });
    const store = new KeyvTables(tables);
    const text = '0123456789'.repeat(32);
    await store.set('a', text);
    expect(await store.get('a')).to.equal(text);
    const error = await rejection(store.set('a', `${text}0`));
    expect(error).to.include({ code: 'validation.entity-too-large' });
    expect(await store.get('a')).to.equal(text);
  });

  it('Keyv on tables names its table by the tableName option of its data source, so that tenants stay apart', async () => {
    const { tables, tableName } = await open();
    const stores = ['A', 'B'].map(
      (tenant) =>
        new KeyvTables(
          tables.withTables((name) => tableName(tenant + name)),
          { table: 'Cache' },
        ),
    );
    await stores[0]!.set('a', 'of A');
    expect(await Promise.all(stores.map((store) => store.get('a')))).to.deep.equal(['of A', undefined]);
    expect(await tables.tables.exists(tableName('ACache'))).to.be.true;
    expect(() => new KeyvTables(tables, { table: 'no name' })).to.throw('a table name is');
  });
});

describe('Keyv on a data source of its own', () => {
  it('Keyv on a data source of its own closes it on disconnect, and then rejects calls', async () => {
    const cache = new Keyv({ store: await KeyvTables.open('memory:'), throwOnErrors: true });
    await cache.set('a', 1);
    await cache.disconnect();
    const error: unknown = await cache.set('b', 1).catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'store.closed' });
  });
});
