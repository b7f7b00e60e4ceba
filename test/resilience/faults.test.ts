import { expect } from 'chai';
import { inspect } from 'node:util';
import { startAzurite } from '../azurite/azurite.js';
import { until } from '../support/until.js';
import { faultRun, reportText } from './fault-run.js';

const OPERATIONS = Number(process.env['FAULT_OPERATIONS'] ?? 10_000);
const SEED = Number(process.env['FAULT_SEED'] ?? 7);

/** Counts the open sockets and timers of this process. */
function resources(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = { TCPSocketWrap: 0, TCPServerWrap: 0, Timeout: 0 };
  for (const name of process.getActiveResourcesInfo()) if (name in counts) counts[name]!++;
  return counts;
}

describe('A data source on an unreliable network', () => {
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
  before(() => void process.on('unhandledRejection', onUnhandled));
  after(() => void process.off('unhandledRejection', onUnhandled));

  it(`A data source on an unreliable network reports the true outcome of ${OPERATIONS} operations, each in time, and leaves no sockets or timers behind`, async function () {
    this.timeout(120_000 + OPERATIONS * 30); // generous, for a machine that is busy with other work
    await startAzurite();
    const before = resources();
    const report = await faultRun(OPERATIONS, SEED);
    process.stdout.write(`${reportText(report)}\n`);
    expect(report.violations).to.deep.equal([]);
    expect(unhandled).to.deep.equal([]);
    // Resources of earlier tests may have been closed meanwhile. The emulator closes its side of the connections after
    // ours.
    await until(
      () => Object.entries(resources()).every(([name, count]) => count <= before[name]!),
      () => `${inspect(resources())} are open; before the run there were ${inspect(before)}.`,
    );
  });
});
