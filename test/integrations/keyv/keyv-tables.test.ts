import { expect } from 'chai';
import { Keyv } from 'keyv';
import { KeyvTables } from 'entitable/keyv';
import { onEveryStore } from '../../support/every-store.js';

onEveryStore('Keyv on tables', (open) => {
  it('keeps values of any size under keys of any characters, in namespaces', async () => {
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

  it('sets, gets and deletes many, of one key the last', async () => {
    const { tables } = await open();
    const cache = new Keyv({ store: new KeyvTables(tables), throwOnErrors: true });
    await cache.setMany([
      ...Array.from({ length: 120 }, (_, n) => ({ key: `k${n}`, value: n })),
      { key: 'k0', value: 'last' },
    ]);
    expect(await cache.getMany(['k0', 'k119', 'none'])).to.deep.equal(['last', 119, undefined]);
    expect(await cache.hasMany(['k1', 'none'])).to.deep.equal([true, false]);
    // Keyv 5 tells it of all, Keyv 6 of each.
    expect([await cache.deleteMany(['k1', 'k2'])].flat())
      .to.include(true)
      .and.not.to.include(false);
    expect([await cache.deleteMany(['k1', 'k3'])].flat()).to.include(false);
    expect(await cache.has('k3')).to.be.false;
  });

  it('lets values end', async () => {
    const { tables } = await open();
    const store = new KeyvTables(tables);
    await store.set('short', 'x', -1);
    await store.set('long', 'y', 60_000);
    expect(await store.getMany(['short', 'long'])).to.deep.equal([undefined, 'y']);
    expect(await store.has('short')).to.be.false;
  });

  it('keeps what Keyv does not serialize, as JSON', async () => {
    const { tables } = await open();
    const store = new KeyvTables(tables, { table: 'Other' });
    await store.set('a', { b: [1] });
    expect(await store.get('a')).to.deep.equal({ b: [1] });
  });
});

describe('Keyv on tables of its own', () => {
  it('closes what it opened, and tells a later error', async () => {
    const cache = new Keyv({ store: await KeyvTables.open('memory:'), throwOnErrors: true });
    await cache.set('a', 1);
    await cache.disconnect();
    const error: unknown = await cache.set('b', 1).catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'store.closed' });
  });
});
