import { expect } from 'chai';
import { inspect } from 'node:util';
import { startAzurite } from '../azurite/azurite.js';
import { until } from '../support/until.js';
import { faultRun, reportText } from './fault-run.js';

const OPERATIONS = Number(process.env['FAULT_OPERATIONS'] ?? 10_000);
const SEED = Number(process.env['FAULT_SEED'] ?? 7);

/** Sockets and timers of this process that are not closed or over. */
function resources(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = { TCPSocketWrap: 0, TCPServerWrap: 0, Timeout: 0 };
  for (const name of process.getActiveResourcesInfo()) if (name in counts) counts[name]!++;
  return counts;
}

describe('Through a network that fails', () => {
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
  before(() => void process.on('unhandledRejection', onUnhandled));
  after(() => void process.off('unhandledRejection', onUnhandled));

  it(`${OPERATIONS} operations end as they say they do, each in its time, and leave nothing behind`, async function () {
    this.timeout(120_000 + OPERATIONS * 30); // on a machine that has much else to do
    await startAzurite();
    const before = resources();
    const report = await faultRun(OPERATIONS, SEED);
    process.stdout.write(`${reportText(report)}\n`);
    expect(report.violations).to.deep.equal([]);
    expect(unhandled).to.deep.equal([]);
    // What tests before this one left open may have been closed meanwhile; the emulator's side of the connections closes after ours.
    await until(
      () => Object.entries(resources()).every(([name, count]) => count <= before[name]!),
      () => `${inspect(resources())} are left, where there were ${inspect(before)}.`,
    );
  });
});
