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

/** Starts a process that writes rounds. Resolves after its first round, with a function that stops it. */
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

/** Starts a writer in this process. Resolves after its first round, with a function that stops it. */
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

/** Returns the files next to a path whose names begin with its name, such as temporary files of a backup. */
function besides(path: string): readonly string[] {
  return readdirSync(dirname(path)).filter((name) => new RegExp(`^${basename(path)}[.-]`).test(name));
}

for (const scheme of ['sqlite', 'lmdb'] as const) {
  describe(`A backup of a ${scheme} store`, () => {
    const newPath = scratchDirectory();

    it('A backup holds the state of one moment, with complete transactions, while two writers keep writing', async function () {
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

    it('A backup may be read by its owner only, and so may a folder that is created for it', async () => {
      await using tables = await DataSource.open(`${scheme}:${newPath()}`);
      await tables.repository(Order).insert(order());
      const path = join(newPath(), 'of today', 'copy');
      await tables.backup(path);
      const file = scheme === 'sqlite' ? path : join(path, 'data.mdb');
      const modes = [file, dirname(path), dirname(dirname(path))].map((each) => statSync(each).mode & 0o777);
      expect(modes).to.deep.equal([0o600, 0o700, 0o700]);
      expect(besides(path)).to.deep.equal([]);
    });

    it('A backup never replaces a file, a folder or a dangling link', async () => {
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

    it('A backup that is begun twice at once to the same path is made once; the second call is refused', async () => {
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

    it('A backup that is aborted or times out leaves nothing behind, and closing waits for its cleanup', async () => {
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

    it('A backup to an impossible path throws store.unavailable, and the store keeps working', async () => {
      await using tables = await DataSource.open(`${scheme}:${newPath()}`);
      const file = newPath();
      writeFileSync(file, '');
      const error = await rejection(tables.backup(join(file, 'copy')));
      expect(error).to.have.property('code', 'store.unavailable');
      await tables.repository(Order).insert(order());
    });

    it('A backup that runs out of disk space throws store.unavailable and leaves nothing behind', async function () {
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

    it('A backup of a store whose files are gone throws store.unavailable', async () => {
      const source = newPath();
      await using tables = await DataSource.open(`${scheme}:${source}`);
      rmSync(source, { recursive: true });
      const path = newPath();
      expect(await rejection(tables.backup(path))).to.have.property('code', 'store.unavailable');
      expect(existsSync(path)).to.equal(false);
    });

    it('A backup works through wrappers around the store and is reported to the logger', async () => {
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

  it('A backup of a sqlite store is a single, undamaged file', async () => {
    await using tables = await DataSource.open(`sqlite:${newPath()}`);
    await tables.repository(Order).insert(order());
    const path = newPath();
    await tables.backup(path);
    expect(await verifyStore(path)).to.deep.equal({ rows: 1, tables: { Orders: 1 }, damaged: [] });
    expect(besides(path)).to.deep.equal([]);
  });

  it('A backup is refused by stores that are not on the disk of this machine: store.not-supported', async () => {
    for (const target of ['memory:', (await startAzurite()).connectionString]) {
      await using tables = await DataSource.open(target);
      const error = await rejection(tables.backup('never'));
      expect(error).to.have.property('code', 'store.not-supported');
      expect(error).to.have.nested.property('details.feature', 'backup');
    }
  });

  for (const path of ['', ' ', 'undefined', 'sqlite:./copy.db', 'file:///copy.db', '~/copy.db', 'a\0b', '${COPY}']) {
    it(`A backup is refused for an invalid path: ${JSON.stringify(path)}`, async () => {
      await using tables = await DataSource.open('memory:');
      expect(await rejection(tables.backup(path))).to.have.property('code', 'validation.invalid-option');
    });
  }
});
