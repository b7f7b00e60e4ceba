import { expect } from 'chai';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DigestTable } from '../../src/administration/indexes/digest-table.js';

const COUNT = 50_000;

describe('The digests of entries', () => {
  it('tell for each entry whether it was read, and are complete once the right one was read for all', () => {
    const table = new DigestTable();
    const all = Array.from({ length: 5000 }, (_, n) => ({ place: `place ${n}`, content: `content ${n % 3}` }));
    for (const [n, entry] of all.entries()) table.add(entry, `etag ${n}`);
    expect(table.isComplete()).to.equal(false);
    expect(table.record({ place: 'place 5000', content: '' })).to.equal(false);
    for (const { place, content } of all.slice(2)) expect(table.record({ place, content })).to.equal(true);
    expect(table.record({ place: 'place 1', content: 'other' })).to.equal(true);
    const states = ['place 0', 'place 1', 'place 2', 'place 4999', 'place 5000'].map((place) => table.stateOf(place));
    expect(states).to.deep.equal(['absent', 'outdated', 'right', 'right', undefined]);
    expect(table.isComplete()).to.equal(false);
    expect([table.hadEtag('place 7', 'etag 7'), table.hadEtag('place 7', 'etag 8')]).to.deep.equal([true, false]);
    for (const entry of all.slice(0, 2)) table.record(entry);
    expect(table.isComplete()).to.equal(true);
  });

  it('take less than 70 bytes for each entry, whatever the length of its texts', async () => {
    const before = await memory();
    const table = new DigestTable();
    const long = 'x'.repeat(500);
    for (let n = 0; n < COUNT; n++) table.add({ place: `${long}${n}`, content: long }, 'etag');
    const used = (await memory()) - before;
    expect(table.stateOf(`${long}0`)).to.equal('absent');
    expect(used / COUNT).to.be.within(25, 70);
  });
});

/** Returns the bytes of buffers in use, after garbage has been collected and freed in the background. */
async function memory(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let least = Infinity;
  for (let turn = 0; turn < 10; turn++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
    least = Math.min(least, process.memoryUsage().arrayBuffers);
  }
  return least;
}
