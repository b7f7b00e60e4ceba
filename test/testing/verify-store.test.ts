import { copyFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { DataSource, EntitableError } from 'entitable';
import { verifyStore } from 'entitable/testing';
import { loadSqlite, type SqliteDatabase } from '../../src/stores/sqlite/sqlite-driver.js';
import { scratchDirectory } from '../stores/embedded/scratch-directory.js';
import { stress } from '../stores/embedded/stress.js';
import { rejection } from '../support/every-store.js';
import { order, Order } from '../support/models.js';
import { seeded } from '../support/seeded.js';

const CUSTOMERS = ['c1', 'c2', 'c3'];
const ORDERS = 200;
const ROWS = CUSTOMERS.length * ORDERS;
const FLIPS = stress(60, 2000);
const CUTS = stress(20, 200);

const orderOf = (customerId: string, number: number): Order =>
  Object.assign(order(), { customerId, orderId: String(number).padStart(5, '0') });

/** Reads all rows of a store as JSON. Returns `undefined` if opening or reading reports damage or a foreign file. */
async function readAll(path: string): Promise<string | undefined> {
  try {
    await using tables = await DataSource.open(`sqlite:${path}`);
    return JSON.stringify(await tables.repository(Order).scan().toArray());
  } catch (error) {
    if (EntitableError.is(error, 'store.damaged') || EntitableError.is(error, 'store.incompatible-format'))
      return undefined;
    throw error;
  }
}

describe('verifyStore', () => {
  const newPath = scratchDirectory();
  let whole: string;
  let content: string;

  before(async () => {
    whole = newPath();
    await using tables = await DataSource.open(`sqlite:${whole}`);
    for (const customer of CUSTOMERS) {
      await tables.insertMany(Array.from({ length: ORDERS }, (_, number) => orderOf(customer, number)));
    }
    await tables.tables.create('Empty');
    content = JSON.stringify(await tables.repository(Order).scan().toArray());
  });

  /** Copies the store and changes the copy with SQL that no store would execute. */
  async function changed(change: (database: SqliteDatabase) => void): Promise<string> {
    const path = newPath();
    copyFileSync(whole, path);
    const { DatabaseSync } = await loadSqlite();
    const database = new DatabaseSync(path);
    try {
      change(database);
    } finally {
      database.close();
    }
    return path;
  }

  /** Returns the ids of a block in the middle of the file and of the block after it. */
  const middle = (database: SqliteDatabase): { readonly id: number; readonly next: number } => {
    const ids = database.prepare('SELECT id FROM blocks ORDER BY first').all() as unknown as { readonly id: number }[];
    const at = Math.floor(ids.length / 2);
    return { id: ids[at]!.id, next: ids[at + 1]!.id };
  };

  it('verifyStore counts the rows of each table of an intact store', async () => {
    expect(await verifyStore(whole)).to.deep.equal({ rows: ROWS, tables: { Orders: ROWS, Empty: 0 }, damaged: [] });
  });

  it('verifyStore finds no damage while others write', async () => {
    const path = newPath();
    await using tables = await DataSource.open(`sqlite:${path}`);
    let isOver = false;
    const writing = (async () => {
      for (let number = 0; !isOver; number++) await tables.insertMany([orderOf('c1', number), orderOf('c2', number)]);
    })();
    for (let times = 0; times < 10; times++) expect((await verifyStore(path)).damaged).to.deep.equal([]);
    isOver = true;
    await writing;
  });

  it('verifyStore reports the keys between which a block is missing', async () => {
    const path = await changed((database) => {
      database.prepare('DELETE FROM blocks WHERE id = ?').run(middle(database).id);
    });
    const { rows, damaged } = await verifyStore(path);
    expect(rows).to.be.within(ROWS - 100, ROWS - 1);
    const [{ problem, table, from, to }] = damaged as [(typeof damaged)[0]];
    expect(damaged).to.have.length(1);
    expect(problem).to.match(/^Rows are missing/);
    expect([table, from?.partitionKey, to?.partitionKey]).to.deep.equal(['Orders', 'c2', 'c2']);
    expect(Number(to!.rowKey) - Number(from!.rowKey)).to.equal(ROWS - rows);
  });

  it('verifyStore reports the keys of a block that has the content of another', async () => {
    const path = await changed((database) => {
      const { id, next } = middle(database);
      database
        .prepare('UPDATE blocks SET content = (SELECT content FROM blocks WHERE id = ?) WHERE id = ?')
        .run(next, id);
    });
    const { rows, damaged } = await verifyStore(path);
    expect(damaged.map(({ problem, table }) => [problem.slice(0, 21), table])).to.deep.equal([
      ['Rows cannot be read: ', 'Orders'],
    ]);
    const [{ from, to }] = damaged as [(typeof damaged)[0]];
    expect(Number(to!.rowKey) - Number(from!.rowKey)).to.equal(ROWS - rows);
  });

  it('verifyStore finds a block that holds the keys of another block', async () => {
    const path = await changed((database) => {
      const { id } = middle(database);
      database
        .prepare(
          "INSERT INTO blocks (first, content) SELECT CAST(first || x'00' AS BLOB), content FROM blocks WHERE id = ?",
        )
        .run(id);
    });
    const { rows, damaged } = await verifyStore(path);
    expect(rows).to.equal(ROWS);
    expect(damaged.map(({ problem }) => problem)).to.deep.equal([
      'A block holds keys that another block holds as well.',
    ]);
  });

  it(`verifyStore finds each of ${FLIPS} flipped bits, unless the flip changes nothing that is read`, async function () {
    this.timeout(300_000);
    const bytes = readFileSync(whole);
    const random = seeded(15);
    const path = newPath();
    for (let flip = 0; flip < FLIPS; flip++) {
      const at = Math.floor(random() * bytes.length);
      const damagedBytes = Buffer.from(bytes);
      damagedBytes[at]! ^= 1 << Math.floor(random() * 8);
      writeFileSync(path, damagedBytes);
      const found = await verifyStore(path).catch((error: unknown) => error);
      const isFound = EntitableError.is(found, 'store.incompatible-format') || isDamaged(found);
      const read = await readAll(path);
      expect(read === content || (read === undefined && isFound), `byte ${at}`).to.equal(true);
    }
  });

  it(`verifyStore finds that a file was truncated, at each of ${CUTS} lengths`, async function () {
    this.timeout(300_000);
    const random = seeded(16);
    for (let cut = 0; cut < CUTS; cut++) {
      const path = newPath();
      copyFileSync(whole, path);
      truncateSync(path, 1 + Math.floor(random() * (readFileSync(whole).length - 1)));
      const found = await verifyStore(path).catch((error: unknown) => error);
      expect(EntitableError.is(found, 'store.incompatible-format') || isDamaged(found)).to.equal(true);
    }
  });

  it('verifyStore creates no file if there is none', async () => {
    const path = newPath();
    expect(await rejection(verifyStore(path))).to.include({
      code: 'store.unavailable',
      message: `The store in ${path} cannot be read: there is no such file.`,
    });
    expect(existsSync(path)).to.equal(false);
  });

  it('verifyStore refuses a database of another program', async () => {
    const path = newPath();
    const { DatabaseSync } = await loadSqlite();
    const database = new DatabaseSync(path);
    database.exec('CREATE TABLE others (id INTEGER PRIMARY KEY)');
    database.close();
    expect(await rejection(verifyStore(path))).to.have.property('code', 'store.incompatible-format');
  });

  it('verifyStore refuses a folder, and its message asks for a file', async () => {
    const path = newPath();
    mkdirSync(path);
    const error = await rejection(verifyStore(path));
    expect(error).to.have.property('code', 'store.incompatible-format');
    expect(error)
      .to.have.property('message')
      .that.includes('it is a folder, and the file of a sqlite: store is expected');
  });

  it('verifyStore refuses an lmdb: store, and its message explains that it has no checksums', async () => {
    const path = newPath();
    await (await DataSource.open(`lmdb:${path}`)).close();
    const error = await rejection(verifyStore(path));
    expect(error).to.have.property('code', 'store.incompatible-format');
    expect(error).to.have.property('message').that.includes('those of an lmdb: store, which has no checksums');
  });

  for (const path of ['', 'sqlite:./data.db', 'a\0b']) {
    it(`verifyStore refuses an invalid path: ${JSON.stringify(path)}`, async () => {
      expect(await rejection(verifyStore(path))).to.have.property('code', 'validation.invalid-option');
    });
  }
});

function isDamaged(found: unknown): boolean {
  return (found as { readonly damaged?: readonly unknown[] }).damaged?.length !== 0;
}
