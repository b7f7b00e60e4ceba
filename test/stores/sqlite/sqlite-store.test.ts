import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadSqlite } from '../../../src/stores/sqlite/sqlite-driver.js';
import { sqliteStore } from '../../../src/stores/sqlite/sqlite-store.js';
import { scratchDirectory } from '../embedded/scratch-directory.js';
import { refusedOpening, storeOnDisk } from '../embedded/store-on-disk.js';

describe('sqliteStore', () => {
  const newPath = scratchDirectory();

  storeOnDisk('sqlite', sqliteStore, newPath);

  it('sqliteStore refuses an SQLite file of another format or another program, and leaves it unchanged', async () => {
    for (const sql of [
      'PRAGMA application_id = 1164866665; PRAGMA user_version = 2; CREATE TABLE blocks (a)',
      'CREATE TABLE mine (a)',
    ]) {
      const path = newPath();
      const raw = new (await loadSqlite()).DatabaseSync(path);
      raw.exec(sql);
      raw.close();
      const before = readFileSync(path);
      expect((await refusedOpening(sqliteStore(path))).code).to.equal('store.incompatible-format');
      expect(readFileSync(path).equals(before)).to.equal(true);
    }
  });

  it('sqliteStore names the path in its error if the path cannot be used', async () => {
    const file = newPath();
    writeFileSync(file, 'text');
    const folder = newPath();
    mkdirSync(folder);
    const refused = await Promise.all(
      [file, join(file, 'below'), folder].map((path) => refusedOpening(sqliteStore(path))),
    );
    expect(refused.map(({ code }) => code)).to.deep.equal([
      'store.incompatible-format',
      'store.unavailable',
      'store.incompatible-format',
    ]);
    expect(refused.map(({ message }, index) => message.includes([file, file, folder][index]!))).to.deep.equal([
      true,
      true,
      true,
    ]);
    expect(readFileSync(file, 'utf8')).to.equal('text');
  });

  it('sqliteStore creates its files for their owner only, or with the requested mode', async () => {
    for (const [fileMode, modes] of [
      [undefined, [0o700, 0o600, 0o600, 0o600]],
      [0o640, [0o750, 0o640, 0o640, 0o640]],
    ] as const) {
      const folder = newPath();
      const path = join(folder, 'data.db');
      const store = await sqliteStore(path, fileMode === undefined ? {} : { fileMode });
      await store.createTable('Made');
      const found = [folder, path, `${path}-wal`, `${path}-shm`].map((each) => statSync(each).mode & 0o777);
      expect(found).to.deep.equal(modes);
      await store[Symbol.asyncDispose]();
    }
  });
});
