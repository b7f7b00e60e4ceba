import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { DataSource } from 'entitable';
import { checkFiles } from '../../../src/stores/lmdb/check-files.js';
import { Counter } from './counter.js';
import { scratchDirectory } from '../embedded/scratch-directory.js';
import { stress } from '../embedded/stress.js';

const TIMES = stress(300, 5000);
/** Milliseconds. */
const CHECKED = 1000;
const WRITER = fileURLToPath(new URL('./crash-writer.js', import.meta.url));
const COUNTER = fileURLToPath(new URL('./counter.js', import.meta.url));

function count(path: string): Promise<number | null> {
  const counter = spawn(process.execPath, [COUNTER, path, String(TIMES)], { stdio: 'inherit', timeout: 240_000 });
  return new Promise((resolve, reject) => counter.once('close', resolve).once('error', reject));
}

describe('Two processes on one store', () => {
  const newPath = scratchDirectory();

  it(`increment one counter ${TIMES} times each with modify(), and lose nothing`, async function () {
    this.timeout(300_000);
    const path = newPath();
    await using tables = await DataSource.open(`lmdb:${path}`);
    const counters = tables.repository(Counter);
    await counters.insert({ group: 'g', name: 'n', value: 0 });
    expect(await Promise.all([count(path), count(path)])).to.deep.equal([0, 0]);
    expect((await counters.getOrThrow({ group: 'g', name: 'n' })).value).to.equal(2 * TIMES);
  });

  it('open it while the other makes it grow, and never take it for one that was cut short', async function () {
    this.timeout(60_000);
    const path = newPath();
    const writer = spawn(process.execPath, [WRITER, path, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(writer.stdout, 'data');
    try {
      for (const ends = performance.now() + CHECKED; performance.now() < ends; await turn()) {
        for (let checks = 100; checks > 0; checks--) checkFiles(path);
      }
    } finally {
      const ended = once(writer, 'close');
      writer.stdout.resume();
      writer.kill('SIGKILL');
      await ended;
    }
  });
});
