import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { lmdbStore } from '../../../src/stores/lmdb/lmdb-store.js';
import { TableFixture } from '../../../src/testing/conformance/table-fixture.js';
import { scratchDirectory } from './scratch-directory.js';
import { stress } from './stress.js';

const TIMES = stress(300, 5000);
const COUNTER = fileURLToPath(new URL('./counter.js', import.meta.url));

function count(path: string): Promise<number | null> {
  const counter = spawn(process.execPath, [COUNTER, path, String(TIMES)], { stdio: 'inherit' });
  return new Promise((resolve, reject) => counter.once('close', resolve).once('error', reject));
}

describe('Two processes on one store', () => {
  const newPath = scratchDirectory();

  it(`increment one counter ${TIMES} times each, and lose nothing`, async function () {
    this.timeout(120_000);
    const path = newPath();
    const store = await lmdbStore(path);
    await store.createTable('Counter');
    const t = TableFixture.open(store, 'Counter');
    await t.write('insert', 'p', 'r', { i: 'Int32 0' });
    expect(await Promise.all([count(path), count(path)])).to.deep.equal([0, 0]);
    expect(await t.get('p', 'r')).to.deep.equal({ i: `Int32 ${2 * TIMES}` });
    await store[Symbol.asyncDispose]();
  });
});
