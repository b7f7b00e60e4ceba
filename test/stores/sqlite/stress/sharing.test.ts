import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import type { TableStore } from '../../../../src/store/table-store.js';
import { sqliteStore } from '../../../../src/stores/sqlite/sqlite-store.js';
import { scratchDirectory } from '../../embedded/scratch-directory.js';
import { stress } from '../../embedded/stress.js';
import { expectAllRight } from './expect-all-right.js';
import { faultOfTurn, historyRows, readHistory, TABLE } from './history.js';
import { Stage } from './stage.js';

/** Duration in seconds for each durability. */
const SHARED = stress(6, 150);
/** Duration in seconds next to a server. */
const SERVED = stress(6, 60);

/** Looks for acknowledged turns in a store of this process. */
class Observer {
  readonly #looks: Promise<void>[] = [];
  readonly #store: TableStore;

  constructor(store: TableStore) {
    this.#store = store;
  }

  /** Looks for a turn that another process has just reported as written. */
  look(stage: Stage, lane: string, turn: number): void {
    const look = async (): Promise<void> => {
      const fault = await faultOfTurn(historyRows(this.#store), lane, turn, false);
      if (fault !== undefined) stage.faults.push(`observer: ${fault}`);
    };
    this.#looks.push(look());
  }

  /** Looks for all turns that are acknowledged when it begins. */
  async lookAtAll(stage: Stage): Promise<void> {
    const acknowledged = stage.acknowledged.soFar();
    stage.faults.push(...acknowledged.faults(await readHistory(historyRows(this.#store)), () => 'on'));
    await Promise.all(this.#looks.splice(0));
  }
}

describe('A sqlite store that several processes share', () => {
  const newPath = scratchDirectory();

  for (const durability of ['full', 'relaxed'] as const) {
    it(`A sqlite store has all acknowledged rows next to two openers and two scanners, at once and in the end, for ${SHARED} s (${durability})`, async function () {
      this.timeout(SHARED * 1000 + 120_000);
      await using store = await sqliteStore(newPath(), { durability });
      await store.createTable(TABLE);
      const observer = new Observer(store);
      const path = store.traits.identity.slice('sqlite:'.length);
      const stage = new Stage(path, (lane, turn) => observer.look(stage, lane, turn));
      const actors = [
        stage.start({ role: 'write', durability, lanes: ['a0', 'a1', 'a2'] }),
        stage.start({ role: 'write', durability, lanes: ['b0', 'b1', 'b2'] }),
        stage.start({ role: 'open', durability }),
        stage.start({ role: 'open', durability }),
        stage.start({ role: 'scan', durability }),
        stage.start({ role: 'scan', durability }),
      ];
      for (const ends = performance.now() + SHARED * 1000; performance.now() < ends; await wait(200)) {
        await observer.lookAtAll(stage);
      }
      await Promise.all(actors.map((actor) => actor.stop()));
      await observer.lookAtAll(stage);
      await expectAllRight(stage);
      expect({
        lanes: stage.acknowledged.lanes.toSorted(),
        opened: stage.times.open > SHARED,
        scanned: stage.times.scan > SHARED,
      }).to.deep.equal({ lanes: ['a0', 'a1', 'a2', 'b0', 'b1', 'b2'], opened: true, scanned: true });
    });
  }

  it(`A sqlite store is opened, written and closed by three processes next to a scanning server for ${SERVED} s without failures`, async function () {
    this.timeout(SERVED * 1000 + 120_000);
    const path = newPath();
    const stage = new Stage(path);
    await using store = await sqliteStore(path);
    await store.createTable(TABLE);
    await store[Symbol.asyncDispose](); // the server or one of the others is the first and the last to have it open
    const actors = [
      stage.start({ role: 'scan' }),
      ...['a', 'b', 'c'].map((name) => stage.start({ role: 'session', lanes: [`${name}0`, `${name}1`] })),
    ];
    await wait(SERVED * 1000);
    await Promise.all(actors.map((actor) => actor.stop()));
    await expectAllRight(stage);
    expect(stage.times.session).to.be.greaterThan(SERVED);
  });
});
