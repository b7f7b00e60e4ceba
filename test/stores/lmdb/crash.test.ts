import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { lmdbStore } from '../../../src/stores/lmdb/lmdb-store.js';
import { TableFixture } from '../../../src/testing/conformance/table-fixture.js';
import { seeded } from '../../support/seeded.js';
import { scratchDirectory } from '../embedded/scratch-directory.js';
import { stress } from '../embedded/stress.js';
import { startVisitor } from './visitors.js';

const ROUNDS = stress(5, 60);
const CREATIONS = stress(8, 300);
const WRITER = fileURLToPath(new URL('./crash-writer.js', import.meta.url));

/**
 * Starts a process that writes, kills it after `moment` milliseconds, and returns the sizes of the transactions that it
 * reported as acknowledged.
 */
async function crash(path: string, round: number, moment: number): Promise<ReadonlyMap<string, number>> {
  const writer = spawn(process.execPath, [WRITER, path, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  writer.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise((resolve) => writer.once('close', resolve));
  while (output === '' && writer.exitCode === null && writer.signalCode === null) await setTimeout(5);
  await setTimeout(moment);
  writer.kill('SIGKILL');
  await ended;
  const whole = output.slice(0, output.lastIndexOf('\n')).split('\n');
  return new Map(whole.map((line) => line.split(' ')).map(([id, size]) => [id!, Number(size)]));
}

/** Returns for each transaction how many of its rows are stored, and how many it had. */
async function stored(t: TableFixture): Promise<ReadonlyMap<string, { readonly rows: number; readonly size: number }>> {
  const found = new Map<string, { rows: number; size: number }>();
  for await (const page of t.rows.scan({}, (row) => [row.string(0), row.number(1)] as const)) {
    for (const [id, size] of page.rows) found.set(id, { rows: (found.get(id)?.rows ?? 0) + 1, size });
  }
  return found;
}

describe('A process that is killed while it writes to an lmdb store', () => {
  const newPath = scratchDirectory();

  it(`A process that is killed while it writes leaves all acknowledged transactions and no partial ones (${ROUNDS} times)`, async function () {
    this.timeout(ROUNDS * 10_000);
    const path = newPath();
    const random = seeded(ROUNDS);
    const acknowledged = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const [id, size] of await crash(path, round, random() * 250)) acknowledged.set(id, size);
      const store = await lmdbStore(path);
      const t = TableFixture.open(store, 'Crash');
      const found = await stored(t);
      expect([...acknowledged].filter(([id, size]) => found.get(id)?.rows !== size)).to.deep.equal([]);
      expect([...found].filter(([, { rows, size }]) => rows !== size)).to.deep.equal([]);
      await t.write('upsert-replace', 'after', String(round), { s: 'String works-on', i: `Int32 ${round + 1}` });
      await t.write('delete', 'after', String(round));
      await store[Symbol.asyncDispose]();
    }
    expect(acknowledged.size).to.be.greaterThan(ROUNDS);
  });
});

describe('A process that is killed while it creates an lmdb store', () => {
  const newPath = scratchDirectory();

  it(`A process that is killed while it creates a store leaves no temporary files, and the store can be opened (${CREATIONS} times)`, async function () {
    this.timeout(10_000 + CREATIONS * 2000);
    const random = seeded(CREATIONS);
    for (let creation = 0; creation < CREATIONS; creation++) {
      const path = newPath();
      const holder = startVisitor('process', { path, mode: 'hold', author: 'a', milliseconds: 0 });
      let hasEnded = false;
      void holder.ended.then(() => (hasEnded = true));
      while (!existsSync(join(path, 'lock.sqlite')) && !hasEnded) await setImmediate();
      for (const ends = performance.now() + random() * 10; performance.now() < ends;); // busy, since timers are coarser
      holder.kill('SIGKILL');
      await holder.ended;
      const store = await lmdbStore(path);
      await TableFixture.create(store);
      await store[Symbol.asyncDispose]();
      expect(readdirSync(path).sort()).to.deep.equal(['data.mdb', 'lock.mdb', 'lock.sqlite']);
    }
  });
});
