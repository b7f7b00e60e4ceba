import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { scratchDirectory } from '../../embedded/scratch-directory.js';
import { stress } from '../../embedded/stress.js';
import type { Command, Outcome } from './commanded.js';
import { CommandedProcess } from './commanded-process.js';
import { expectAllRight } from './expect-all-right.js';
import { slowedCalls } from './slowed-calls.js';
import { Stage } from './stage.js';

const SECONDS = stress(5, 60);

function commanded(env: NodeJS.ProcessEnv): CommandedProcess<Command, Outcome> {
  return new CommandedProcess('./commanded.js', { env: { ...process.env, ...env } });
}

describe('A sqlite store on a slow or failing machine', () => {
  const newPath = scratchDirectory();
  const slowed = slowedCalls();

  it(`A sqlite store loses nothing next to two processes slowed down at every step of opening and closing, for ${SECONDS} s`, async function () {
    this.timeout(SECONDS * 1000 + 120_000);
    const path = newPath();
    const stage = new Stage(path);
    const env = slowed({ MATCH: path, SLOW: String(stress(2000, 10_000)) });
    const actors = [
      stage.start({ role: 'write', lanes: ['a0', 'a1'] }),
      stage.start({ role: 'session', lanes: ['b0', 'b1'] }),
      stage.start({ role: 'open', env }),
      stage.start({ role: 'session', lanes: ['c0'], env }),
    ];
    await wait(SECONDS * 1000);
    await Promise.all(actors.map((actor) => actor.stop()));
    // A process this slow may find again and again that others have written first; it gives up after half a minute.
    await expectAllRight(stage, ['store.unavailable']);
    expect(stage.times.open).to.be.greaterThan(0);
  });

  it('A sqlite store honours the durability of each data source if one process has two with different ones', async () => {
    const path = newPath();
    const counter = `${path}.count`;
    writeFileSync(counter, Buffer.alloc(4));
    await using user = commanded(slowed({ MATCH: path, COUNT: counter }));
    let rows = 0;
    const written = async (durability: 'full' | 'relaxed'): Promise<number> => {
      const before = readFileSync(counter).readUInt32LE();
      for (let write = 0; write < 20; write++) {
        const outcome = await user.do({ verb: 'write', path, durability, row: String((rows += 1)) });
        expect(outcome).to.deep.equal({ found: '' });
      }
      return readFileSync(counter).readUInt32LE() - before;
    };
    for (const durability of ['relaxed', 'full'] as const) await user.do({ verb: 'open', path, durability });
    const [relaxed, full, again] = [await written('relaxed'), await written('full'), await written('relaxed')];
    expect({ full: full >= 20, relaxed: relaxed < 5, again: again < 5 }).to.deep.equal({
      full: true,
      relaxed: true,
      again: true,
    });
  });

  for (const durability of ['full', 'relaxed'] as const) {
    it(`A sqlite store reports a failing disk, keeps all acknowledged rows, and works again once the disk does (${durability})`, async () => {
      const path = newPath();
      const flag = `${path}.fails`;
      await using user = commanded(slowed({ MATCH: path, FAIL: flag }));
      const run = (verb: Command['verb'], row = ''): Promise<Outcome> => user.do({ verb, path, durability, row });
      const outcomes = [await run('open'), await run('write', 'before'), await run('read', 'before')];
      writeFileSync(flag, '');
      const refused = [await run('write', 'during'), await run('write', 'during2')];
      const readMeanwhile = await run('read', 'before');
      rmSync(flag);
      outcomes.push(await run('write', 'after'), await run('read', 'before'), await run('read', 'after'));
      const [during, during2] = [await run('read', 'during'), await run('read', 'during2')];
      outcomes.push(await run('close'), await run('open'), await run('read', 'before'), await run('read', 'after'));
      expect(outcomes.map(({ code, found }) => code ?? found)).to.deep.equal([
        '',
        '',
        'before',
        '',
        'before',
        'after',
        '',
        '',
        'before',
        'after',
      ]);
      for (const { code } of refused) expect(code).to.be.oneOf(['store.unavailable', 'store.outcome-unknown']);
      for (const [index, { found }] of [during, during2].entries()) {
        if (refused[index]!.code === 'store.unavailable') expect(found).to.equal('none');
      }
      expect(readMeanwhile.code ?? readMeanwhile.found).to.be.oneOf(['before', 'store.unavailable']);
    });
  }
});
