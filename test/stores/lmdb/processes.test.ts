import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { DataSource } from 'entitable';
import { Counter } from './counter.js';
import { scratchDirectory } from './scratch-directory.js';
import { stress } from './stress.js';

const TIMES = stress(300, 5000);
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
});
