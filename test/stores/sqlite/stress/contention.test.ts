import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { DataSource } from 'entitable';
import { sqliteStore } from '../../../../src/stores/sqlite/sqlite-store.js';
import { refusal, TableFixture } from '../../../../src/testing/conformance/table-fixture.js';
import { scratchDirectory } from '../../embedded/scratch-directory.js';
import { stress } from '../../embedded/stress.js';
import { Counter } from './counter.js';
import type { Created, Creation } from './creator.js';
import { say } from './say.js';

const TIMES = stress(200, 5000);
const ROUNDS = stress(10, 300);
const CREATORS = 8;
const COUNTER = fileURLToPath(new URL('./counter.js', import.meta.url));
const CREATOR = fileURLToPath(new URL('./creator.js', import.meta.url));
const STOPPED_WRITER = fileURLToPath(new URL('./stopped-writer.js', import.meta.url));
/**
 * Interval in milliseconds at which the event loop is measured, and the longest delay allowed next to a stopped writer.
 */
const TICK = 10;
const LONGEST_TICK = 1000;

/** Lets a process open, create and close a store. */
async function create(creator: ChildProcess, creation: Creation): Promise<Created> {
  creator.send(creation);
  const [problems] = (await once(creator, 'message')) as [Created];
  return problems;
}

/** Measures the longest delay of the event loop until it is ended. */
class Ticks {
  #longest = 0;
  #last = performance.now();
  readonly #timer = setInterval(() => {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
  }, TICK);

  end(): number {
    clearInterval(this.#timer);
    return Math.max(this.#longest, performance.now() - this.#last);
  }
}

describe('A sqlite store that several processes contend for', () => {
  const newPath = scratchDirectory();
  const stoppedWriters: ChildProcess[] = [];
  afterEach(() => {
    for (const stopped of stoppedWriters.splice(0)) stopped.kill('SIGKILL'); // they would never end by themselves
  });

  it(`A sqlite store counts exactly if two processes modify one row ${TIMES} times each`, async function () {
    this.timeout(60_000 + TIMES * 100);
    const path = newPath();
    await using tables = await DataSource.open(await sqliteStore(path));
    const counters = tables.repository(Counter);
    await counters.insert({ group: 'g', name: 'n', value: 0 });
    const counts = [1, 2].map(async () => {
      const counter = spawn(process.execPath, [COUNTER, path, String(TIMES)], { stdio: 'inherit' });
      const [code] = (await once(counter, 'close')) as [number | null];
      return code;
    });
    expect(await Promise.all(counts)).to.deep.equal([0, 0]);
    expect((await counters.getOrThrow({ group: 'g', name: 'n' })).value).to.equal(2 * TIMES);
    say(`2 × ${TIMES} times modify(): ${2 * TIMES} counted`);
  });

  it(`A sqlite store is intact after ${CREATORS} processes have created it at the same time, ${ROUNDS} times`, async function () {
    this.timeout(60_000 + ROUNDS * 5000);
    const creators = Array.from({ length: CREATORS }, () => fork(CREATOR));
    await Promise.all(creators.map((creator) => once(creator, 'message')));
    const problems: string[] = [];
    const names = creators.map((_, index) => `row${index}`);
    for (let round = 0; round < ROUNDS; round++) {
      const path = newPath();
      const at = Date.now() + 10;
      const created = creators.map((creator, index) => create(creator, { path, at, row: names[index]! }));
      problems.push(...(await Promise.all(created)).flat());
      await using store = await sqliteStore(path);
      const found = await TableFixture.open(store, 'Rows').keys();
      if (found.join() !== names.join()) problems.push(`round ${round}: there are ${found.join()}`);
    }
    const ended = creators.map((creator) => once(creator, 'exit'));
    for (const creator of creators) creator.disconnect();
    await Promise.all(ended);
    say(`${ROUNDS} stores made by ${CREATORS} processes at once; problems ${problems.length}`);
    expect(problems.slice(0, 10)).to.deep.equal([]);
  });

  for (const signal of ['SIGCONT', 'SIGKILL'] as const) {
    it(`A sqlite store keeps working next to a writer stopped in its transaction, and can be written after ${signal}`, async function () {
      if (process.platform === 'win32') this.skip(); // Windows cannot stop a process
      const path = newPath();
      await using store = await sqliteStore(path);
      const t = await TableFixture.create(store);
      await t.write('insert', 'p', 'before', { i: 'Int32 1' });
      const stopped = fork(STOPPED_WRITER, [path]);
      const ended = once(stopped, 'exit');
      stoppedWriters.push(stopped);
      await once(stopped, 'message');
      await wait(100);
      const insert = (rowKey: string, options?: { signal?: AbortSignal; timeout?: number }): Promise<unknown> =>
        store.submit(t.table, [t.prepare('insert', 'p', rowKey)], options);

      const ticks = new Ticks();
      const began = performance.now();
      const refused = await Promise.all([
        refusal(insert('timeout', { timeout: 300 })),
        refusal(insert('signal', { signal: AbortSignal.timeout(500) })),
        refusal(insert('both', { signal: AbortSignal.timeout(10_000), timeout: 700 })),
      ]);
      const took = performance.now() - began;
      const readMeanwhile = await t.keys();
      await using other = await sqliteStore(path);
      const readByOther = await TableFixture.open(other, t.table).keys();
      const waits = insert('waits');
      await wait(200);
      const longest = ticks.end();
      stopped.kill(signal);
      await Promise.all([waits, ended]);
      await insert('after');

      expect(refused.map(({ code }) => code)).to.deep.equal(['store.timeout', 'store.aborted', 'store.timeout']);
      expect({ readMeanwhile, readByOther }).to.deep.equal({ readMeanwhile: ['before'], readByOther: ['before'] });
      expect(await t.keys()).to.deep.equal(['after', 'before', 'waits']);
      expect({ took, longest }).to.satisfy(() => took < 5000 && longest < LONGEST_TICK);
    });
  }
});
