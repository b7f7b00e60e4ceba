import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { sqliteStore } from '../../../../src/stores/sqlite/sqlite-store.js';
import { seeded, type Random } from '../../../support/seeded.js';
import { scratchDirectory } from '../../embedded/scratch-directory.js';
import { stress } from '../../embedded/stress.js';
import type { Role } from './actor.js';
import { historyRows, readHistory, TABLE, TURNS_OF_LIFE } from './history.js';
import { say } from './say.js';
import { Stage, type Actor, type Kind } from './stage.js';

const KILLS = stress(25, 1000);
const TERMINATIONS = stress(25, 1000);
/** Number of kills after which the four actors continue with a new store. */
const KILLS_OF_STORE = 8;

/**
 * Waits until a random moment in the life of an actor: often while it opens or creates the store, otherwise while it
 * writes, reads or closes it.
 */
async function someMoment(actor: Actor, random: Random): Promise<void> {
  await actor.ready;
  if (random() < 0.4) {
    await wait(random() * 15);
  } else {
    await Promise.race([actor.active, wait(500)]); // an actor that only opens the store never reports anything
    await wait(random() * 50);
  }
}

/**
 * Opens the store, which must succeed, and checks that all acknowledged turns are there. The `ended` lanes take no more
 * turns.
 */
async function look(stage: Stage, ended: readonly string[]): Promise<void> {
  const acknowledged = stage.acknowledged.soFar();
  await using store = await sqliteStore(stage.path);
  await store.createTable(TABLE); // the actor that was to create it may have been killed before
  const found = await readHistory(historyRows(store));
  stage.faults.push(...acknowledged.faults(found, (lane) => (ended.includes(lane) ? 'ended' : 'on')));
}

/** Lets four actors with these roles work on a new store, and ends and restarts them at random moments. */
async function endAtRandom(
  kind: Kind,
  roles: readonly Role[],
  stage: Stage,
  kills: number,
  random: Random,
): Promise<void> {
  let left = kills;
  const lanesOf = (actor: number): readonly string[] => [`${actor}a`, `${actor}b`];
  await Promise.all(
    roles.map(async (role, number) => {
      const durability = number % 2 === 0 ? 'full' : 'relaxed';
      for (let life = 0; left > 0; life++) {
        const lanes = lanesOf(number);
        const actor = stage.start({ role, kind, lanes, from: life * TURNS_OF_LIFE, durability });
        await someMoment(actor, random);
        left -= 1;
        await actor.kill();
        await look(stage, lanes);
      }
    }),
  );
  await look(
    stage,
    roles.flatMap((_, number) => lanesOf(number)),
  );
}

/** Ends actors `kills` times, changing to a new store every few times. Returns all faults and failures. */
async function endMany(kind: Kind, roles: readonly Role[], kills: number, newPath: () => string): Promise<unknown> {
  const random = seeded(kills);
  const faults: string[] = [];
  const failures: Record<string, unknown> = {};
  let acknowledged = 0;
  for (let done = 0; done < kills; done += KILLS_OF_STORE) {
    const stage = new Stage(newPath());
    await endAtRandom(kind, roles, stage, Math.min(KILLS_OF_STORE, kills - done), random);
    faults.push(...stage.faults);
    Object.assign(failures, stage.failures);
    acknowledged += stage.acknowledged.count;
  }
  say(`${kills} ended, ${acknowledged} transactions acknowledged; failures ${JSON.stringify(failures)}`);
  expect(acknowledged).to.be.greaterThan(kills);
  return { faults: faults.slice(0, 10), failures };
}

describe('A sqlite store whose users end at random moments', () => {
  const newPath = scratchDirectory();

  it(`A sqlite store keeps all acknowledged transactions whole and opens again after ${KILLS} kills of four processes`, async function () {
    this.timeout(60_000 + KILLS * 2000);
    const roles = ['session', 'write', 'session', 'write'] as const;
    expect(await endMany('process', roles, KILLS, newPath)).to.deep.equal({ faults: [], failures: {} });
  });

  it(`A sqlite store keeps all acknowledged transactions whole and opens again after ${TERMINATIONS} ends of four worker threads`, async function () {
    this.timeout(60_000 + TERMINATIONS * 2000);
    const roles = ['write', 'open', 'write', 'session'] as const;
    expect(await endMany('thread', roles, TERMINATIONS, newPath)).to.deep.equal({ faults: [], failures: {} });
  });
});
