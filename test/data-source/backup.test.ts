import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { DataSource, type LogEvent } from 'entitable';
import { recordingStore, verifyStore } from 'entitable/testing';
import { startAzurite } from '../azurite/azurite.js';
import { scratchDirectory } from '../stores/embedded/scratch-directory.js';
import { rejection } from '../support/every-store.js';
import { order, Order } from '../support/models.js';
import { roundsOf, writeRounds } from './round.js';

const WRITER = fileURLToPath(new URL('./round-writer.js', import.meta.url));
const LIMITED = fileURLToPath(new URL('./limited-backup.js', import.meta.url));
const COPIES = 5;
const HALVES = ['here-left', 'here-right', 'there-left', 'there-right'];

const run = promisify(execFile);

const orderOf = (number: number): Order => Object.assign(order(), { orderId: String(number), email: 'x'.repeat(200) });

/** A process that writes rounds, from its first one on, until it is stopped. */
async function writerIn(target: string, name: string): Promise<() => Promise<void>> {
  const writer = spawn(process.execPath, [WRITER, target, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(writer.stdout, 'data');
  return async () => {
    const ended = once(writer, 'close');
    writer.stdout.resume();
    writer.kill('SIGKILL');
    await ended;
  };
}

/** A writer of this process, from its first round on. */
async function writerHere(tables: DataSource, name: string): Promise<() => Promise<void>> {
  let isStopped = false;
  let ended: Promise<void> | undefined;
  await new Promise<void>((resolve, reject) => {
    ended = writeRounds(
      tables,
      name,
      () => isStopped,
      () => resolve(),
    );
    ended.catch(reject);
  });
  return async () => {
    isStopped = true;
    await ended;
  };
}

/** What lies beside a path, and has a longer name. */
function besides(path: string): readonly string[] {
  return readdirSync(dirname(path)).filter((name) => new RegExp(`^${basename(path)}[.-]`).test(name));
}

for (const scheme of ['sqlite', 'lmdb'] as const) {
  describe(`A backup of a store of ${scheme}`, () => {
    const newPath = scratchDirectory();

    it('is of one moment between whole transactions, while two writers go on', async function () {
      this.timeout(60_000);
      const target = `${scheme}:${newPath()}`;
      await using tables = await DataSource.open(target);
      const other = scheme === 'sqlite' ? await writerIn(target, 'there') : await writerHere(tables, 'there');
      const own = await writerHere(tables, 'here');
      const copies: string[] = [];
      for (let copy = 0; copy < COPIES; copy++) {
        const path = newPath();
        await tables.backup(path);
        copies.push(path);
      }
      await own();
      await other();
      const before = await roundsOf(tables);
      const firsts: number[] = [];
      for (const path of copies) {
        await using copy = await DataSource.open(`${scheme}:${path}`);
        const rounds = await roundsOf(copy);
        expect(Object.keys(rounds)).to.deep.equal(HALVES);
        expect(Object.values(rounds).map(({ length }) => length)).to.deep.equal([1, 1, 1, 1]);
        for (const writer of ['here', 'there']) {
          expect(rounds[`${writer}-left`]![0]! - rounds[`${writer}-right`]![0]!).to.be.oneOf([0, 1]);
        }
        firsts.push(rounds['here-left']![0]!);
        await copy.repository(Order).insert(order());
      }
      expect(firsts).to.deep.equal(firsts.toSorted((a, b) => a - b));
      expect(await roundsOf(tables)).to.deep.equal(before);
    });

    it('may be read by its owner alone, and so may a folder that is made for it', async () => {
      await using tables = await DataSource.open(`${scheme}:${newPath()}`);
      await tables.repository(Order).insert(order());
      const path = join(newPath(), 'of today', 'copy');
      await tables.backup(path);
      const file = scheme === 'sqlite' ? path : join(path, 'data.mdb');
      const modes = [file, dirname(path), dirname(dirname(path))].map((each) => statSync(each).mode & 0o777);
      expect(modes).to.deep.equal([0o600, 0o700, 0o700]);
      expect(besides(path)).to.deep.equal([]);
    });

    it('replaces nothing: neither a file nor a folder nor a link to nowhere', async () => {
      await using tables = await DataSource.open(`${scheme}:${newPath()}`);
      const [file, folder, link] = [newPath(), newPath(), newPath()];
      writeFileSync(file, 'of somebody');
      mkdirSync(folder);
      symlinkSync(join(folder, 'nowhere'), link);
      for (const path of [file, folder, link]) {
        const error = await rejection(tables.backup(path));
        expect(error).to.have.property('code', 'store.already-exists');
        expect(besides(path)).to.deep.equal([]);
      }
      expect(readFileSync(file, 'utf8')).to.equal('of somebody');
      expect(readdirSync(folder)).to.deep.equal([]);
    });

    it('that is begun twice at once is made once', async () => {
      await using tables = await DataSource.open(`${scheme}:${newPath()}`);
      await tables.repository(Order).insert(order());
      const path = newPath();
      const results = await Promise.allSettled([tables.backup(path), tables.backup(path)]);
      const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
      expect(failures).to.have.length(1);
      expect(failures[0]).to.have.property('code', 'store.already-exists');
      await using copy = await DataSource.open(`${scheme}:${path}`);
      expect(await copy.repository(Order).exists(order())).to.equal(true);
    });

    it('that nobody waits for any more leaves nothing behind; closing waits until that is so', async () => {
      const tables = await DataSource.open(`${scheme}:${newPath()}`);
      await tables.repository(Order).insert(order());
      const [stopped, late] = [newPath(), newPath()];
      const controller = new AbortController();
      const stopping = rejection(tables.backup(stopped, { signal: controller.signal }));
      controller.abort();
      expect(await stopping).to.have.property('code', 'store.aborted');
      expect(await rejection(tables.backup(late, { timeout: 0 }))).to.have.property('code', 'store.timeout');
      await tables.close();
      for (const path of [stopped, late]) {
        expect(existsSync(path)).to.equal(false);
        expect(besides(path)).to.deep.equal([]);
      }
      expect(await rejection(tables.backup(newPath()))).to.have.property('code', 'store.closed');
    });

    it('that has no place is store.unavailable, and the store goes on', async () => {
      await using tables = await DataSource.open(`${scheme}:${newPath()}`);
      const file = newPath();
      writeFileSync(file, '');
      const error = await rejection(tables.backup(join(file, 'copy')));
      expect(error).to.have.property('code', 'store.unavailable');
      await tables.repository(Order).insert(order());
    });

    it('that finds no room is store.unavailable, and leaves nothing behind', async function () {
      if (process.platform === 'win32') this.skip();
      const target = `${scheme}:${newPath()}`;
      const tables = await DataSource.open(target);
      await tables.insertMany(Array.from({ length: 2000 }, (_, number) => orderOf(number)));
      await tables.close();
      const path = newPath();
      const command = `ulimit -f 160; exec "$0" "$@"`; // KiB
      const { stdout } = await run('bash', ['-c', command, process.execPath, LIMITED, target, path]);
      expect(stdout).to.equal('store.unavailable\n');
      expect(existsSync(path)).to.equal(false);
      expect(besides(path)).to.deep.equal([]);
    });

    it('is not made of files that are gone', async () => {
      const source = newPath();
      await using tables = await DataSource.open(`${scheme}:${source}`);
      rmSync(source, { recursive: true });
      const path = newPath();
      expect(await rejection(tables.backup(path))).to.have.property('code', 'store.unavailable');
      expect(existsSync(path)).to.equal(false);
    });

    it('is passed on by whatever stands before the store, and told to the logger', async () => {
      const events: LogEvent[] = [];
      await using below = await DataSource.open(`${scheme}:${newPath()}`);
      const { store } = recordingStore(below.store);
      await using tables = await DataSource.open(store, {
        limits: 'cosmos',
        retry: { maxRetries: 1 },
        logger: (event) => events.push(event),
      });
      await tables.backup(newPath());
      const [event] = events;
      expect({ ...event, milliseconds: 0 }).to.deep.equal({
        kind: 'operation',
        operation: 'backup',
        requests: 1,
        retries: 0,
        rows: 0,
        milliseconds: 0,
        outcome: 'success',
      });
    });
  });
}

describe('A backup', () => {
  const newPath = scratchDirectory();

  it('of a store of sqlite is one file, which is whole', async () => {
    await using tables = await DataSource.open(`sqlite:${newPath()}`);
    await tables.repository(Order).insert(order());
    const path = newPath();
    await tables.backup(path);
    expect(await verifyStore(path)).to.deep.equal({ rows: 1, tables: { Orders: 1 }, damaged: [] });
    expect(besides(path)).to.deep.equal([]);
  });

  it('is not supported by stores that are not on the disk of this machine', async () => {
    for (const target of ['memory:', (await startAzurite()).connectionString]) {
      await using tables = await DataSource.open(target);
      const error = await rejection(tables.backup('never'));
      expect(error).to.have.property('code', 'store.not-supported');
      expect(error).to.have.nested.property('details.feature', 'backup');
    }
  });

  for (const path of ['', ' ', 'undefined', 'sqlite:./copy.db', 'file:///copy.db', '~/copy.db', 'a\0b', '${COPY}']) {
    it(`is refused where the path is none: ${JSON.stringify(path)}`, async () => {
      await using tables = await DataSource.open('memory:');
      expect(await rejection(tables.backup(path))).to.have.property('code', 'validation.invalid-option');
    });
  }
});
