import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { realpathSync } from 'node:fs';
import { DataSource, EntitableError } from 'entitable';
import { verifyStore, type StoreDamage } from 'entitable/testing';
import { loadSqlite } from '../../../src/stores/sqlite/sqlite-driver.js';
import { scratchDirectory } from '../embedded/scratch-directory.js';
import { rejection } from '../../support/every-store.js';
import { order, Order } from '../../support/models.js';

const CUSTOMERS = ['c1', 'c2', 'c3'];
const orderOf = (customerId: string, number: number): Order =>
  Object.assign(order(), { customerId, orderId: String(number).padStart(5, '0') });

describe('A sqlite store with a damaged block', () => {
  const newPath = scratchDirectory();

  /**
   * Creates a store with damaged blocks in the middle: blocks that fail the store's checksum, or that SQLite cannot
   * find.
   */
  async function damagedStore(sql: string): Promise<string> {
    const path = newPath();
    const tables = await DataSource.open(`sqlite:${path}`);
    for (const customer of CUSTOMERS) {
      await tables.insertMany(Array.from({ length: 300 }, (_, number) => orderOf(customer, number)));
    }
    await tables.close();
    const { DatabaseSync } = await loadSqlite();
    const database = new DatabaseSync(path);
    const ids = database.prepare('SELECT id FROM blocks ORDER BY first').all();
    database.prepare(sql).run(ids[Math.floor(ids.length / 2)]!['id'] as number);
    database.close();
    return path;
  }

  for (const [what, sql] of Object.entries({
    'that is missing': 'DELETE FROM blocks WHERE id = ?',
    'whose bytes were changed': 'UPDATE blocks SET content = CAST(content || 1 AS BLOB) WHERE id = ?',
  })) {
    it(`A sqlite store with a block ${what} fails only for rows of that block, even within one transaction`, async () => {
      await using tables = await DataSource.open(`sqlite:${await damagedStore(sql)}`);
      const orders = tables.repository(Order);
      const written = await Promise.allSettled(
        CUSTOMERS.flatMap((customer) => [orderOf(customer, 0), orderOf(customer, 150)]).map((each) =>
          orders.upsert(Object.assign(each, { items: 5 })),
        ),
      );
      const outcomes = written.map((result) => (result.status === 'fulfilled' ? 'written' : codeOf(result.reason)));
      expect(outcomes).to.deep.equal(['written', 'written', 'written', 'store.damaged', 'written', 'written']);
      const read = await Promise.allSettled(
        CUSTOMERS.flatMap((customer) => [orderOf(customer, 0), orderOf(customer, 150)]).map((each) =>
          orders.getOrThrow(each),
        ),
      );
      const found = read.map((result) => (result.status === 'fulfilled' ? 'read' : codeOf(result.reason)));
      expect(found).to.deep.equal(['read', 'read', 'read', 'store.damaged', 'read', 'read']);
    });
  }

  for (const [what, sql] of Object.entries({
    'that is missing': 'DELETE FROM blocks WHERE id = ?',
    'whose bytes were changed': 'UPDATE blocks SET content = CAST(content || 1 AS BLOB) WHERE id = ?',
  })) {
    it(`A sqlite store with a block ${what} names the table and the keys between which rows cannot be read`, async () => {
      const path = await damagedStore(sql);
      await using tables = await DataSource.open(`sqlite:${path}`);
      const error = await rejection(tables.repository(Order).query({ customerId: 'c2' }).toArray());
      if (!EntitableError.is(error, 'store.damaged')) throw error;
      const [{ table, from, to }] = (await verifyStore(path)).damaged as [StoreDamage];
      expect(error.details).to.deep.equal({ table: 'Orders', from, to });
      expect(table).to.equal('Orders');
      expect(error.message).to.equal(
        `The store in ${realpathSync(path)} is damaged: in its table Orders, rows from "c2", "${from!.rowKey}" to "c2", "${to!.rowKey}" ` +
          'cannot be read. Put a backup in its place.',
      );
    });
  }

  it("A sqlite store accepts writes of other rows if the damaged block is next to the store's own block", async () => {
    const path = newPath();
    const large = (customerId: string): Order => Object.assign(orderOf(customerId, 0), { email: 'x'.repeat(3800) });
    const writer = await DataSource.open(`sqlite:${path}`);
    for (const customer of CUSTOMERS) await writer.repository(Order).insert(large(customer));
    await writer.close();
    const { DatabaseSync } = await loadSqlite();
    const database = new DatabaseSync(path);
    // The first block holds the tables and the clock, which every transaction changes.
    database.exec(
      `UPDATE blocks SET content = CAST(content || 1 AS BLOB) WHERE first = (SELECT first FROM blocks ORDER BY first LIMIT 1 OFFSET 1)`,
    );
    database.close();
    await using tables = await DataSource.open(`sqlite:${path}`);
    const orders = tables.repository(Order);
    expect(codeOf(await rejection(orders.getOrThrow({ customerId: 'c1', orderId: '00000' })))).to.equal(
      'store.damaged',
    );
    await orders.insert(orderOf('c9', 0));
    expect(await orders.exists({ customerId: 'c9', orderId: '00000' })).to.equal(true);
  });

  it('A sqlite store reads a damaged block again once the disk returns its bytes unchanged', async () => {
    const path = newPath();
    const writer = await DataSource.open(`sqlite:${path}`);
    const many = Array.from({ length: 300 }, (_, number) => orderOf('c1', number));
    await writer.insertMany([...many, Object.assign(orderOf('c2', 0), { email: 'needle' }), orderOf('c3', 0)]);
    await writer.close();
    await using tables = await DataSource.open(`sqlite:${path}`);
    const orders = tables.repository(Order);
    const { customerId } = orderOf('c2', 0);
    flip(path);
    for (const read of [orders.query({ customerId }).toArray(), orders.get(orderOf('c2', 0))]) {
      expect(codeOf(await rejection(read))).to.equal('store.damaged');
    }
    expect(codeOf(await rejection(orders.upsert(orderOf('c2', 1))))).to.equal('store.damaged');
    expect(await orders.exists(orderOf('c1', 0))).to.equal(true);
    flip(path);
    expect(await orders.query({ customerId }).count()).to.equal(1);
    await orders.upsert(orderOf('c2', 1));
    expect(await orders.query({ customerId }).count()).to.equal(2);
  });
});

/**
 * Changes a text in a file, or changes it back, in another process. Closing the file in this one would release the
 * store's locks.
 */
function flip(path: string): void {
  const program = `const { openSync, readFileSync, writeSync } = require('node:fs');
    const bytes = readFileSync(process.argv[1]);
    const file = openSync(process.argv[1], 'r+');
    for (let at = -1; (at = bytes.indexOf('eedle', at + 1)) > 0;) writeSync(file, Buffer.of(bytes[at - 1] ^ 1), 0, 1, at - 1);`;
  execFileSync(process.execPath, ['-e', program, path]);
}

function codeOf(error: unknown): string {
  return EntitableError.is(error) ? error.code : String(error);
}
