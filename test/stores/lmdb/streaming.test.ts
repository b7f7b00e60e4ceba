import { existsSync, readFileSync, rmSync } from 'node:fs';
import { expect } from 'chai';
import { lmdbStore } from '../../../src/stores/lmdb/lmdb-store.js';
import { refusal, TableFixture } from '../../../src/testing/conformance/table-fixture.js';
import { scratchDirectory } from '../embedded/scratch-directory.js';
import { stress } from '../embedded/stress.js';

const ROWS = stress(50_000, 1_000_000);
const BATCH = 100;
const MEGABYTE = 1024 * 1024;

/**
 * Returns the size of the process's anonymous memory. The pages of the mapped store do not count, since the system can
 * evict them.
 */
function anonymousMemory(): number {
  if (process.platform !== 'linux') return process.memoryUsage.rss(); // includes mapped pages
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024;
}

async function fill(t: TableFixture): Promise<void> {
  for (let at = 0; at < ROWS; at += BATCH * BATCH) {
    await Promise.all(
      Array.from({ length: Math.min(BATCH, (ROWS - at) / BATCH) }, (_, batch) =>
        t.submit(
          ...Array.from({ length: BATCH }, (__, index) => {
            const number = at + batch * BATCH + index;
            return t.prepare('insert', `p${Math.floor(number / 10_000)}`, String(number).padStart(8, '0'), {
              s: `String order number ${number} of a customer who buys a lot`,
              i: `Int32 ${number}`,
              t: 'DateTime 2020-01-01T00:00:00.1234567Z',
            });
          }),
        ),
      ),
    );
  }
}

describe('A scan of a large table in an lmdb store', () => {
  const newPath = scratchDirectory();

  it(`A scan of a large table streams ${ROWS} rows while the process's memory grows by less than 100 MB`, async function () {
    this.timeout(stress(60_000, 600_000));
    const store = await lmdbStore(newPath(), { durability: 'relaxed' });
    const t = await TableFixture.create(store);
    await fill(t);
    let rows = 0;
    let sum = 0;
    let most = 0;
    const before = anonymousMemory();
    for await (const page of t.rows.scan({}, (row) => ({
      key: row.string(-2),
      text: row.string(0),
      number: row.number(1),
    }))) {
      rows += page.rows.length;
      for (const { number } of page.rows) sum += number;
      most = Math.max(most, anonymousMemory());
    }
    expect([rows, sum]).to.deep.equal([ROWS, (ROWS * (ROWS - 1)) / 2]);
    expect((most - before) / MEGABYTE).to.be.lessThan(100);
    await store[Symbol.asyncDispose]();
  });

  it('A scan of a large table continues when the directory is removed, and does not create it again', async function () {
    this.timeout(60_000);
    const path = newPath();
    const store = await lmdbStore(path, { durability: 'relaxed' });
    const t = await TableFixture.create(store);
    const large = { x: `Binary ${'ab'.repeat(60_000)}`, y: `Binary ${'cd'.repeat(60_000)}` } as const;
    for (let at = 0; at < 400; at += 20) {
      await t.submit(...Array.from({ length: 20 }, (_, index) => t.prepare('insert', 'p', String(at + index), large)));
    }
    rmSync(path, { recursive: true });
    expect(await t.keys()).to.have.lengthOf(400);
    expect(await t.get('p', '1')).to.have.all.keys('x', 'y');
    expect(await refusal(t.write('insert', 'p', 'r'))).to.deep.equal({ code: 'store.unavailable' });
    expect(existsSync(path)).to.equal(false);
    await store[Symbol.asyncDispose]();
  });
});
