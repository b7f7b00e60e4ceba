import { expect } from 'chai';
import { sqliteStore } from '../../../../src/stores/sqlite/sqlite-store.js';
import { historyRows, readHistory } from './history.js';
import { say } from './say.js';
import type { Stage } from './stage.js';

/**
 * Reports the work of actors that were all stopped. Expects that exactly the acknowledged rows are stored, and that no
 * failure has a code other than those in `pass`.
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
