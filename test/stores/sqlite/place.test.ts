import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { EntitableError } from '../../../src/errors/entitable-error.js';
import { Deadline } from '../../../src/async/deadline.js';
import type { TableStore } from '../../../src/store/table-store.js';
import { backupFile } from '../../../src/stores/sqlite/sqlite-backup.js';
import { loadSqlite } from '../../../src/stores/sqlite/sqlite-driver.js';
import { sqliteStore } from '../../../src/stores/sqlite/sqlite-store.js';
import { refusal, TableFixture } from '../../../src/testing/conformance/table-fixture.js';
import { scratchDirectory } from '../embedded/scratch-directory.js';

describe('The file of a sqlite store', () => {
  const newFolder = scratchDirectory();

  function newPath(): string {
    const folder = newFolder();
    mkdirSync(folder);
    return join(folder, 'data.db');
  }

  async function close(store: TableStore): Promise<void> {
    await store[Symbol.asyncDispose]();
  }

  /** Creates a store with one row and closes it. */
  async function filled(path: string): Promise<string> {
    const store = await sqliteStore(path);
    const t = await TableFixture.create(store);
    await t.write('insert', 'p', 'r', { i: 'Int32 1' });
    await close(store);
    return t.table;
  }

  async function rowOf(path: string, table: string): Promise<unknown> {
    const store = await sqliteStore(path);
    try {
      return await TableFixture.open(store, table).get('p', 'r');
    } finally {
      await close(store);
    }
  }

  async function whyRefused(opening: Promise<TableStore>): Promise<readonly [code: string, message: string]> {
    const error = await opening.then(
      async (store) => close(store),
      (thrown: unknown) => thrown,
    );
    if (!EntitableError.is(error)) throw new Error('It was not refused.', { cause: error });
    return [error.code, error.message];
  }

  async function change(path: string, sql: string): Promise<void> {
    const database = new (await loadSqlite()).DatabaseSync(path);
    database.exec(sql);
    database.close();
  }

  it('The file of a sqlite store may contain tables of other tools, such as tools for replication', async () => {
    const path = newPath();
    const table = await filled(path);
    await change(
      path,
      'CREATE TABLE _tool_seq (id INTEGER PRIMARY KEY, seq INTEGER); CREATE VIEW v AS SELECT 1; ANALYZE',
    );
    expect(await rowOf(path, table)).to.deep.equal({ i: 'Int32 1' });
  });

  it("The file of a sqlite store is refused if something was added to the store's own table, and the error names it", async () => {
    const path = newPath();
    await filled(path);
    await change(path, 'CREATE TRIGGER mine AFTER UPDATE ON blocks BEGIN DELETE FROM blocks; END');
    const [code, message] = await whyRefused(sqliteStore(path));
    expect([code, message.includes('trigger mine')]).to.deep.equal(['store.incompatible-format', true]);
  });

  it('The file of a sqlite store must not be empty, a text, or have a name that SQLite uses itself, and is left unchanged', async () => {
    const path = newPath();
    for (const [name, content] of [
      ['empty.db', ''],
      ['notes.txt', 'These are my notes, and no store.'],
      ['other.db-wal', 'x'],
      ['OTHER.DB-SHM', 'x'],
      ['other.db-journal', 'x'],
    ] as const) {
      const file = join(dirname(path), name);
      writeFileSync(file, content);
      expect([name, (await whyRefused(sqliteStore(file)))[0]]).to.deep.equal([name, 'store.incompatible-format']);
      expect(readFileSync(file, 'utf8')).to.equal(content);
    }
  });

  it('The file of a sqlite store is refused if it has a second name, under which it would have another log', async () => {
    const path = newPath();
    const table = await filled(path);
    const other = `${path}.other`;
    linkSync(path, other);
    for (const name of [path, other]) {
      const [code, message] = await whyRefused(sqliteStore(name));
      expect([code, message.includes('hard links')]).to.deep.equal(['store.incompatible-format', true]);
    }
    rmSync(other);
    expect(await rowOf(path, table)).to.deep.equal({ i: 'Int32 1' });
  });

  it('The file of a sqlite store loses its temporary name if the process that created it was killed', async () => {
    const path = newPath();
    const table = await filled(path);
    linkSync(path, `${path}.0b9f2a3e.partial`);
    expect(await rowOf(path, table)).to.deep.equal({ i: 'Int32 1' });
  });

  it('The file of a sqlite store is created at the target of a symbolic link', async () => {
    const path = newPath();
    const link = join(dirname(path), 'link.db');
    symlinkSync('data.db', link);
    const table = await filled(link);
    expect(await rowOf(path, table)).to.deep.equal({ i: 'Int32 1' });
  });

  it('The file of a sqlite store is not created again if there is a log without its file', async () => {
    const path = newPath();
    const store = await sqliteStore(path);
    const t = await TableFixture.create(store);
    await t.write('insert', 'p', 'r', { i: 'Int32 1' });
    renameSync(path, `${path}.away`);
    const log = readFileSync(`${path}-wal`);
    expect((await whyRefused(sqliteStore(path)))[0]).to.equal('store.incompatible-format');
    expect(readFileSync(`${path}-wal`).equals(log)).to.equal(true);
    renameSync(`${path}.away`, path);
    expect(await t.get('p', 'r')).to.deep.equal({ i: 'Int32 1' });
    await close(store);
  });

  it('The file of a sqlite store is not written once its log was removed, since nobody would find the new log', async () => {
    const path = newPath();
    const store = await sqliteStore(path);
    const t = await TableFixture.create(store);
    await t.write('insert', 'p', 'r', { i: 'Int32 1' });
    rmSync(`${path}-wal`);
    expect(await refusal(t.write('insert', 'p', 's'))).to.deep.equal({ code: 'store.unavailable' });
    await close(store);
    expect(await rowOf(path, t.table)).to.deep.equal({ i: 'Int32 1' });
  });

  it('The file of a sqlite store is not copied to a path at which another file has left a log', async () => {
    const path = newPath();
    await filled(path);
    const copy = join(dirname(path), 'copy.db');
    writeFileSync(`${copy}-wal`, 'left');
    const error: unknown = await backupFile(path, copy, 0o600, new Deadline()).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'store.already-exists');
    expect(error).to.have.property('message').that.includes('copy.db-wal');
  });
});
