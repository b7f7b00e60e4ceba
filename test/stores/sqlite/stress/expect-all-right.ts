import { expect } from 'chai';
import { sqliteStore } from '../../../../src/stores/sqlite/sqlite-store.js';
import { historyRows, readHistory } from './history.js';
import { say } from './say.js';
import type { Stage } from './stage.js';

/**
 * Tells what actors did that were all stopped, and expects that just what was acknowledged is there, and that nothing failed but with codes
 * that `pass`.
 */
export async function expectAllRight(stage: Stage, pass: readonly string[] = []): Promise<void> {
  const { acknowledged, times, faults, failures } = stage;
  say(
    `${acknowledged.count} transactions acknowledged; done ${JSON.stringify(times)}; failures ${JSON.stringify(failures)}`,
  );
  await using store = await sqliteStore(stage.path);
  const all = [...faults, ...acknowledged.faults(await readHistory(historyRows(store)), () => 'exact')];
  const failed = Object.fromEntries(Object.entries(failures).filter(([code]) => !pass.includes(code)));
  expect({ faults: all.slice(0, 10), failures: failed }).to.deep.equal({ faults: [], failures: {} });
}
