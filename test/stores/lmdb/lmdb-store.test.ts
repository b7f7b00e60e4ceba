import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { open } from 'lmdb';
import { EntitableError } from '../../../src/errors/entitable-error.js';
import type { TableStore } from '../../../src/store/table-store.js';
import { lmdbStore } from '../../../src/stores/lmdb/lmdb-store.js';
import { TableFixture } from '../../../src/testing/conformance/table-fixture.js';
import { seeded } from '../../support/seeded.js';
import { scratchDirectory } from '../embedded/scratch-directory.js';
import { refusedOpening, storeOnDisk } from '../embedded/store-on-disk.js';
import { stress } from '../embedded/stress.js';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('lmdbStore', () => {
  const newPath = scratchDirectory();

  storeOnDisk('lmdb', lmdbStore, newPath);

  it('lmdbStore refuses files of an unknown format, and leaves them unchanged', async () => {
    const path = newPath();
    const raw = open<string, Buffer>({
      path,
      noSubdir: false,
      pageSize: 8192,
      keyEncoding: 'binary',
      encoding: 'string',
    });
    const format = Buffer.concat([Buffer.alloc(4), Buffer.from('state\0format')]);
    await raw.put(format, '{"version":2}');
    await raw.close();
    const error = await refusedOpening(lmdbStore(path));
    expect(error.code).to.equal('store.incompatible-format');
    expect(error.message).to.include('format 2').and.include('format 1');
    const again = open<string, Buffer>({ path, noSubdir: false, keyEncoding: 'binary', encoding: 'string' });
    expect([again.get(format), again.getKeysCount()]).to.deep.equal(['{"version":2}', 1]);
    await again.close();
  });

  it('lmdbStore refuses an LMDB environment of another program', async () => {
    const path = newPath();
    const raw = open({ path, noSubdir: false });
    await raw.put('key', 'value');
    await raw.close();
    expect((await refusedOpening(lmdbStore(path))).code).to.equal('store.incompatible-format');
  });

  it('lmdbStore names the path in its error if the path cannot be used', async () => {
    const file = newPath();
    writeFileSync(file, 'text');
    for (const path of [file, join(file, 'below')]) {
      const error = await refusedOpening(lmdbStore(path));
      expect([error.code, error.message.includes(path)]).to.deep.equal(['store.unavailable', true]);
    }
  });

  it('lmdbStore refuses truncated and foreign files, which would crash the process', async () => {
    const healthy = newPath();
    await (await lmdbStore(healthy))[Symbol.asyncDispose]();
    const whole = readFileSync(join(healthy, 'data.mdb'));
    for (const bytes of [
      Buffer.alloc(65_536, 'x'),
      Buffer.alloc(65_536),
      Buffer.from('text'),
      whole.subarray(0, 100),
      whole.subarray(0, 20_000),
    ]) {
      const path = newPath();
      mkdirSync(path);
      writeFileSync(join(path, 'data.mdb'), bytes);
      expect((await refusedOpening(lmdbStore(path))).code).to.equal('store.incompatible-format');
      expect(readFileSync(join(path, 'data.mdb')).equals(bytes)).to.equal(true);
    }
  });

  it('lmdbStore refuses files that were truncated after the roots of their trees, or reads all that was written', async function () {
    this.timeout(120_000);
    const healthy = newPath();
    const table = 'Cut';
    const contentOf = async (store: TableStore): Promise<readonly string[]> => {
      const found: string[] = [];
      const pages = TableFixture.open(store, table).rows.scan({}, (row) => `${row.string(-2)} ${row.string(0)}`);
      for await (const { rows } of pages) found.push(...rows);
      return found;
    };
    const store = await lmdbStore(healthy, { durability: 'relaxed' });
    await store.createTable(table);
    const t = TableFixture.open(store, table);
    for (let at = 0; at < 2000; at += 100) {
      const large = `String ${'x'.repeat(at % 300 === 0 ? 3000 : 60)}` as const;
      await t.submit(
        ...Array.from({ length: 100 }, (_, index) => t.prepare('insert', 'p', String(at + index), { s: large })),
      );
    }
    for (let at = 0; at < 2000; at += 7) await t.write('delete', 'p', String(at));
    const content = await contentOf(store);
    await store[Symbol.asyncDispose]();
    const whole = readFileSync(join(healthy, 'data.mdb'));
    const random = seeded(50);
    let refused = 0;
    for (let cuts = 0; cuts < stress(30, 500); cuts++) {
      const path = newPath();
      mkdirSync(path);
      writeFileSync(join(path, 'data.mdb'), whole.subarray(0, Math.floor(whole.length * (1 - random() ** 3))));
      try {
        const cut = await lmdbStore(path);
        expect(await contentOf(cut)).to.deep.equal(content);
        await cut[Symbol.asyncDispose]();
      } catch (error) {
        if (!EntitableError.is(error, 'store.incompatible-format')) throw error;
        refused += 1;
      }
    }
    expect(refused).to.be.greaterThan(0);
  });

  it('lmdbStore opens a file that ends before its last page because one transaction wrote and deleted rows', async () => {
    const path = newPath();
    const file = join(path, 'data.mdb');
    const lastPage = (): number => {
      const bytes = readFileSync(file);
      const [first, second] = [152, 8192 + 152].map((at) => bytes.readBigUInt64LE(at));
      return Number(bytes.readBigUInt64LE(144 + (second! > first! ? 8192 : 0)));
    };
    const store = await lmdbStore(path);
    const t = await TableFixture.create(store);
    for (let round = 0; round < 20; round++) {
      const large = { x: `Binary ${'ab'.repeat(60_000)}` } as const;
      await Promise.all([
        t.write('insert', 'p', `kept ${round}`),
        t.write('insert', 'p', 'large', large),
        t.write('delete', 'p', 'large'),
      ]);
    }
    await store[Symbol.asyncDispose]();
    const whole = (lastPage() + 1) * 8192;
    expect(statSync(file).size).to.be.lessThan(whole);
    const again = await lmdbStore(path);
    expect(statSync(file).size).to.equal(whole);
    expect(await TableFixture.open(again, t.table).keys()).to.have.lengthOf(20);
    await again[Symbol.asyncDispose]();
  });

  it('lmdbStore creates files that only the user of the process can read, or files with the mode it is given', async function () {
    if (process.platform === 'win32') this.skip(); // Windows has no file modes
    const umask = process.umask(0);
    try {
      for (const [options, file, directory] of [
        [{}, '600', '700'],
        [{ fileMode: 0o640 }, '640', '750'],
        [{ fileMode: 0o666 }, '666', '777'],
      ] as const) {
        const above = newPath();
        const path = join(above, 'store');
        await (await lmdbStore(path, options))[Symbol.asyncDispose]();
        const modes = ['..', '.', 'data.mdb', 'lock.mdb', 'lock.sqlite'].map((name) => modeOf(join(path, name)));
        expect(modes).to.deep.equal([directory, directory, file, file, file]);
        expect(readdirSync(path).sort()).to.deep.equal(['data.mdb', 'lock.mdb', 'lock.sqlite']);
      }
    } finally {
      process.umask(umask);
    }
  });

  it('lmdbStore keeps the modes of an existing directory and its files', async function () {
    if (process.platform === 'win32') this.skip(); // Windows has no file modes
    const path = newPath();
    await (await lmdbStore(path, { fileMode: 0o644 }))[Symbol.asyncDispose]();
    await (await lmdbStore(path))[Symbol.asyncDispose]();
    expect(['.', 'data.mdb', 'lock.mdb', 'lock.sqlite'].map((name) => modeOf(join(path, name)))).to.deep.equal([
      '755',
      '644',
      '644',
      '644',
    ]);
  });
});
