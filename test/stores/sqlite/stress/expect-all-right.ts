import { expect } from 'chai';
import { sqliteStore } from '../../../../src/stores/sqlite/sqlite-store.js';
import { historyRows, readHistory } from './history.js';
import { say } from './say.js';
import type { Stage } from './stage.js';

/** Tells what actors did that were all stopped, and expects that nothing failed, and that just what was acknowledged is there. */
export async function expectAllRight(stage: Stage): Promise<void> {
  const { acknowledged, times, faults, failures } = stage;
  say(
    `${acknowledged.count} transactions acknowledged; done ${JSON.stringify(times)}; failures ${JSON.stringify(failures)}`,
  );
  await using store = await sqliteStore(stage.path);
  const all = [...faults, ...acknowledged.faults(await readHistory(historyRows(store)), () => 'exact')];
  expect({ faults: all.slice(0, 10), failures }).to.deep.equal({ faults: [], failures: {} });
}
