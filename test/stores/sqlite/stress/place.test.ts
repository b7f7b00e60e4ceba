import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { sqliteStore } from '../../../../src/stores/sqlite/sqlite-store.js';
import { refusal, TableFixture } from '../../../../src/testing/conformance/table-fixture.js';
import { scratchDirectory } from '../../embedded/scratch-directory.js';
import { CommandedProcess } from './commanded-process.js';
import type { Command, Outcome } from './commanded.js';

const PROGRAM = './commanded.js';
/** The numeric id of a user who owns nothing. */
const NOBODY = 65_534;
const MEGABYTE = 1024 * 1024;
const ROW_BYTES = 60_000;

type Verb = Command['verb'];
type User = CommandedProcess<Command, Outcome>;

/** Returns a short form of commands to a process for one store. It returns what was found, or the code of the error. */
function usesStore(user: User, path: string): (verb: Verb, row?: string) => Promise<string> {
  return async (verb, row = '') => {
    const { code, found } = await user.do({ verb, path, durability: 'full', row, bytes: ROW_BYTES });
    return code ?? found ?? '';
  };
}

/** Writes rows until one is refused. Returns the number written, and the code. */
async function fill(
  use: (verb: Verb, row?: string) => Promise<string>,
): Promise<readonly [written: number, code: string]> {
  for (let row = 0; ; row++) {
    const outcome = await use('write', `row${row}`);
    if (outcome !== '') return [row, outcome];
  }
}

describe('A sqlite store whose place changes', () => {
  const newPath = scratchDirectory();

  for (const what of ['file', 'folder'] as const) {
    it(`A sqlite store refuses writes while its ${what} is renamed, and accepts them once it is back`, async () => {
      const path = join(newPath(), 'data.db');
      const moved = what === 'file' ? path : dirname(path);
      await using store = await sqliteStore(path);
      const t = await TableFixture.create(store);
      await t.write('insert', 'p', '1');
      renameSync(moved, `${moved}.away`);
      const codes = [await refusal(t.write('insert', 'p', '2')), await refusal(store.createTable('Others'))];
      renameSync(`${moved}.away`, moved);
      await t.write('insert', 'p', '3');
      expect(codes).to.deep.equal([{ code: 'store.unavailable' }, { code: 'store.unavailable' }]);
      expect(await t.keys()).to.deep.equal(['1', '3']);
      await using again = await sqliteStore(path);
      expect(await TableFixture.open(again, t.table).keys()).to.deep.equal(['1', '3']);
    });
  }

  for (const replaced of [false, true]) {
    it(`A sqlite store refuses writes after its folder was removed${replaced ? ' and created again by another process' : ''}, since they would be lost`, async function () {
      if (process.platform === 'win32') this.skip(); // Windows cannot remove open files
      const path = join(newPath(), 'data.db');
      const store = await sqliteStore(path);
      await store.createTable('Rows');
      const t = TableFixture.open(store, 'Rows');
      await t.write('insert', 'p', '1');
      rmSync(dirname(path), { recursive: true });
      if (replaced) {
        await using other = await sqliteStore(path);
        await other.createTable('Rows');
        await TableFixture.open(other, 'Rows').write('insert', 'p', 'other');
      }
      expect(await refusal(t.write('insert', 'p', '2'))).to.deep.equal({ code: 'store.unavailable' });
      await store[Symbol.asyncDispose]();
      await using again = await sqliteStore(path);
      await again.createTable('Rows');
      const anew = TableFixture.open(again, 'Rows');
      await anew.write('insert', 'p', 'works-on');
      expect(await anew.keys()).to.deep.equal(replaced ? ['other', 'works-on'] : ['works-on']);
    });
  }

  it('A sqlite store without room refuses writes, keeps all that were acknowledged, and accepts writes once there is room', async function () {
    this.timeout(30_000);
    const path = newPath();
    await using user: User = new CommandedProcess(PROGRAM);
    const limit = (bytes: string): boolean =>
      spawnSync('prlimit', ['--pid', String(user.pid), `--fsize=${bytes}:unlimited`]).status === 0;
    const use = usesStore(user, path);
    expect(await use('open')).to.equal('');
    if (!limit(String(2 * MEGABYTE))) this.skip(); // only Linux has prlimit
    const [written, code] = await fill(use);
    const [readMeanwhile, again] = [await use('count'), await use('write', 'again')];
    limit('unlimited');
    const after = [await use('write', 'after'), await use('count'), await use('close'), await use('count')];
    const count = String(written + 1);
    expect({ code, readMeanwhile, again, after }).to.deep.equal({
      code: 'store.unavailable',
      readMeanwhile: String(written),
      again: 'store.unavailable',
      after: ['', count, '', count],
    });
  });

  it('A sqlite store on a full disk is opened or refused, and works once there is room', async function () {
    this.timeout(30_000);
    const disk = newPath();
    mkdirSync(disk);
    const ballast = join(disk, 'ballast');
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]).status !== 0) this.skip(); // not root
    try {
      await using user: User = new CommandedProcess(PROGRAM);
      const [use, useNew] = [usesStore(user, join(disk, 'data.db')), usesStore(user, join(disk, 'new', 'data.db'))];
      await use('open');
      await use('write', 'before');
      await use('close');
      spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4096', 'count=10000']);
      const existing = [await use('read', 'before'), await use('write', 'during')];
      const fresh = await useNew('open');
      rmSync(ballast);
      const [written, code] = await fill(use);
      const count = await use('count');
      await use('close');
      spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4096', 'count=10000']);
      const full = await use('count');
      rmSync(ballast);
      const after = [await use('count'), await use('close')];
      expect(existing[0]).to.be.oneOf(['before', 'store.unavailable']);
      expect(full).to.be.oneOf([count, 'store.unavailable']);
      expect({ existing: existing[1], fresh, code, count, after }).to.deep.equal({
        existing: 'store.unavailable',
        fresh: 'store.unavailable',
        code: 'store.unavailable',
        count: String(written + 1),
        after: [count, ''],
      });
    } finally {
      spawnSync('umount', [disk]);
    }
  });

  it('A sqlite store refuses a user without permissions, and accepts the user once the permissions are there', async function () {
    const program = fileURLToPath(new URL(PROGRAM, import.meta.url));
    const isReadable = (): boolean =>
      spawnSync(process.execPath, ['--check', program], { uid: NOBODY, gid: NOBODY }).status === 0;
    if (process.getuid?.() !== 0 || !isReadable()) this.skip(); // only root can run as another user
    const path = join(newPath(), 'data.db');
    await using store = await sqliteStore(path);
    await store.createTable('Rows');
    await TableFixture.open(store, 'Rows').write('insert', 'p', 'owner', { s: 'String owner' });
    await using user: User = new CommandedProcess(PROGRAM, { uid: NOBODY, gid: NOBODY });
    const use = usesStore(user, path);
    const folder = dirname(path);
    chmodSync(dirname(folder), 0o755);
    const codes = [await use('open')];
    chmodSync(folder, 0o755);
    codes.push(await use('open'));
    chmodSync(path, 0o644);
    codes.push(await use('write', 'reader'));
    for (const suffix of ['', '-wal', '-shm']) chmodSync(path + suffix, 0o666);
    chmodSync(folder, 0o777);
    codes.push(await use('open'), await use('read', 'owner'), await use('write', 'user'));
    expect(codes).to.deep.equal([...Array.from({ length: 3 }, () => 'store.unavailable'), '', 'owner', '']);
    expect(await TableFixture.open(store, 'Rows').keys()).to.deep.equal(['owner', 'user']);
  });

  it('A sqlite store refuses a file of another program, and leaves it unchanged', async () => {
    const path = newPath();
    writeFileSync(path, 'These are notes of somebody.\n'.repeat(100));
    expect((await refusal(sqliteStore(path))).code).to.be.oneOf(['store.damaged', 'store.incompatible-format']);
  });
});
