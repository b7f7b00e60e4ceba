import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { Item } from './fault-items.js';
import { someOf } from './fault-proxy.js';
import { proxiedAzurite, type Proxied } from './proxied.js';

const KEY = { owner: 'o', name: 'n' };
const WORKERS = 8;
const INCREMENTS = 25;

describe('Concurrent writers of the same value', () => {
  let proxied: Proxied;
  let tables: DataSource;
  const tableName = (name: string): string => `${name}C${process.pid}`;
  before(async () => {
    proxied = await proxiedAzurite();
    const retry = { tryTimeout: 1000, timeout: 10_000, fast: { slot: 1, ceiling: 20 }, slow: { slot: 1, ceiling: 20 } };
    tables = await DataSource.open(proxied.connectionString, { tableName, retry });
    await tables.ready();
  });
  after(async () => {
    await tables.close();
    await proxied.close();
  });

  it('Concurrent modify() calls count every increment once, although any answer may be lost', async () => {
    const items = tables.repository(Item);
    await items.insert(Object.assign(new Item(), KEY, { count: 0 }));
    const share = { 'reset before the response': 2, 'reset before the request': 1, '500, carried out': 1 };
    proxied.proxy.choose = someOf(0.25, 3, share);
    let counted = 0;
    let unknown = 0;
    const increment = async (): Promise<void> => {
      try {
        await items.modify(KEY, (item) => void (item.count = item.count! + 1), { maxRetries: 1000 });
        counted++;
      } catch (error) {
        if (!EntitableError.is(error, 'store.outcome-unknown')) throw error;
        unknown++;
      }
    };
    const worker = async (): Promise<void> => {
      for (let left = INCREMENTS; left > 0; left--) await increment();
    };
    await Promise.all(Array.from({ length: WORKERS }, worker));
    proxied.proxy.choose = () => 'none';
    const count = (await items.getOrThrow(KEY)).count!;
    expect(counted + unknown).to.equal(WORKERS * INCREMENTS);
    expect(count).to.be.within(counted, counted + unknown);
    expect(counted).to.be.greaterThan(unknown);
  }).timeout(60_000);

  it('Of concurrent inserts of the same row exactly one succeeds, although any answer may be lost', async () => {
    const items = tables.repository(Item);
    proxied.proxy.choose = someOf(0.3, 5, { 'reset before the response': 1, 'reset before the request': 1 });
    for (let round = 0; round < 20; round++) {
      const inserts = Array.from({ length: 6 }, () =>
        items.insert(Object.assign(new Item(), { owner: 'same', name: `n${round}`, count: 1 })),
      );
      const ends = await Promise.allSettled(inserts);
      const codes = ends.map((end) => (end.status === 'fulfilled' ? 'success' : (end.reason as EntitableError).code));
      expect(codes.filter((code) => code === 'success')).to.deep.equal(['success'], codes.join());
      expect(new Set(codes)).to.satisfy((all: Set<string>) =>
        [...all].every((code) => ['success', 'store.already-exists', 'store.outcome-unknown'].includes(code)),
      );
    }
  }).timeout(60_000);
});
