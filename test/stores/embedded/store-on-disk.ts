import { join } from 'node:path';
import { expect } from 'chai';
import { EntitableError } from '../../../src/errors/entitable-error.js';
import { COSMOS_LIMITS } from '../../../src/store/limits.js';
import type { TableStore } from '../../../src/store/table-store.js';
import type { DiskStoreOptions } from '../../../src/stores/embedded/disk/disk-store.js';
import { conformance } from '../../../src/testing/conformance/conformance.js';
import { refusal, SHAPE, TableFixture } from '../../../src/testing/conformance/table-fixture.js';

/** Opens a store on disk of some kind. */
type OpenStore = (path: string, options?: DiskStoreOptions) => Promise<TableStore>;

/** Declares the tests that every store on disk must pass. `newPath` returns an unused path. */
export function storeOnDisk(kind: string, open: OpenStore, newPath: () => string): void {
  conformance(kind, () => open(newPath()));
  conformance(`${kind}, relaxed`, () => open(newPath(), { durability: 'relaxed' }));
  conformance(`${kind} with the limits of Cosmos`, () => open(newPath(), { limits: COSMOS_LIMITS }));

  it('A store on disk creates its directory, and has all its data when it is opened again', async () => {
    const path = join(newPath(), 'in', 'a', 'directory.of.its.own');
    const properties = { s: 'String größe', i: 'Int32 5', other: 'DateTime 2020-01-01T00:00:00.1234567Z' } as const;
    const first = await open(path);
    const t = await TableFixture.create(first);
    await t.write('insert', 'p', 'r', properties);
    const etag = await t.etag('p', 'r');
    await first[Symbol.asyncDispose]();
    const second = await open(path);
    const again = TableFixture.open(second, t.table);
    expect(await again.get('p', 'r')).to.deep.equal(properties);
    expect(await again.etag('p', 'r')).to.equal(etag);
    expect((await second.tables()).rows).to.deep.equal([t.table]);
    expect(second.traits.identity).to.equal(first.traits.identity);
    await second[Symbol.asyncDispose]();
  });

  it('A store on disk keeps timestamps strictly increasing when it is reopened with a clock that went back', async () => {
    const path = newPath();
    const timestamps: string[] = [];
    let table: string | undefined;
    for (const now of [Date.UTC(2026, 5, 1), Date.UTC(2026, 0, 1), Date.UTC(2026, 5, 2)]) {
      const store = await open(path, { clock: () => now });
      const t = table === undefined ? await TableFixture.create(store) : TableFixture.open(store, table);
      ({ table } = t);
      await t.write('upsert-replace', 'p', 'r');
      timestamps.push((await t.timestamp('p', 'r'))!);
      await store[Symbol.asyncDispose]();
    }
    expect(timestamps).to.deep.equal(['2026-06-01T00:00:00Z', '2026-06-01T00:00:00.0000001Z', '2026-06-02T00:00:00Z']);
  });

  it('A store on disk can be opened twice in one process, and each sees the writes of the other', async () => {
    const path = newPath();
    const [one, other] = [await open(path), await open(path)];
    const t = await TableFixture.create(one);
    const u = TableFixture.open(other, t.table);
    await t.write('insert', 'p', 'a', { first: 'Int32 1' });
    await u.write('insert', 'p', 'b', { second: 'Int32 2' });
    await t.write('insert', 'p', 'c', { second: 'Int32 3' });
    for (const fixture of [t, u]) {
      expect(await Promise.all(['a', 'b', 'c'].map((rowKey) => fixture.get('p', rowKey)))).to.deep.equal([
        { first: 'Int32 1' },
        { second: 'Int32 2' },
        { second: 'Int32 3' },
      ]);
    }
    await one[Symbol.asyncDispose]();
    expect(await u.keys()).to.deep.equal(['a', 'b', 'c']);
    await other[Symbol.asyncDispose]();
  });

  it('A store on disk keeps a refused transaction apart from the others of the same flush', async () => {
    const store = await open(newPath());
    const t = await TableFixture.create(store);
    await t.write('insert', 'p', 'taken');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        t.submit(t.prepare('insert', `p`, `${i}a`), t.prepare('insert', 'p', i % 2 === 0 ? `${i}b` : 'taken')),
      ),
    );
    expect(outcomes.map(({ status }) => status)).to.deep.equal(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 'fulfilled' : 'rejected')),
    );
    expect(await t.keys()).to.have.lengthOf(21);
    await store[Symbol.asyncDispose]();
  });

  it('A store on disk finishes pending writes before it closes', async () => {
    const path = newPath();
    const store = await open(path);
    const t = await TableFixture.create(store);
    const pending = t.write('insert', 'p', 'r');
    await store[Symbol.asyncDispose]();
    expect(await pending).to.have.property('etag');
    const again = await open(path);
    expect(await TableFixture.open(again, t.table).keys()).to.deep.equal(['r']);
    await again[Symbol.asyncDispose]();
  });

  it('A store on disk removes the rows of a deleted table before the table can be created again', async () => {
    const store = await open(newPath());
    const t = await TableFixture.create(store);
    for (let at = 0; at < 2500; at += 100) {
      await t.submit(...Array.from({ length: 100 }, (_, i) => t.prepare('insert', 'p', String(at + i))));
    }
    const deleted = store.deleteTable(t.table);
    expect(await refusal(deleted.then(() => t.get('p', '1')))).to.include({ code: 'store.table-not-found' });
    await store.createTable(t.table);
    expect(await t.keys()).to.deep.equal([]);
    await store[Symbol.asyncDispose]();
  });

  it('A store on disk cannot be opened with case-sensitive table names if it was created without', async () => {
    const path = newPath();
    await (await open(path))[Symbol.asyncDispose]();
    expect((await refusedOpening(open(path, { limits: COSMOS_LIMITS }))).code).to.equal('store.incompatible-format');
  });

  it('A store on disk finds nothing in inverted ranges', async () => {
    const store = await open(newPath());
    const t = await TableFixture.create(store);
    await t.submit(...['a', 'b', 'c', 'd'].map((rowKey) => t.prepare('insert', 'p', rowKey)));
    const rowKey = { from: { value: 'c', inclusive: true }, to: { value: 'b', inclusive: true } };
    expect(await t.keys({ partitionKey: 'p', rowKey })).to.deep.equal([]);
    expect(await t.keys({ rowKey })).to.deep.equal([]);
    expect(await store.rows(t.table, SHAPE).get('p', 'bb', () => 0)).to.equal(undefined);
    await store[Symbol.asyncDispose]();
  });
}

/** Returns the error with which opening a store fails. */
export async function refusedOpening(opening: Promise<TableStore>): Promise<EntitableError> {
  const error: unknown = await opening.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!EntitableError.is(error, 'store.')) throw new Error('expected the store to be refused', { cause: error });
  return error;
}
