import { expect } from 'chai';
import { faultRun, reportText } from './fault-run.js';

const OPERATIONS = Number(process.env['FAULT_OPERATIONS'] ?? 10_000);
const SEED = Number(process.env['FAULT_SEED'] ?? 7);

describe('Through a network that fails', () => {
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
  before(() => void process.on('unhandledRejection', onUnhandled));
  after(() => void process.off('unhandledRejection', onUnhandled));

  it(`${OPERATIONS} operations end as they say they do, each in its time`, async function () {
    this.timeout(90_000 + OPERATIONS * 9);
    const report = await faultRun(OPERATIONS, SEED);
    process.stdout.write(`${reportText(report)}\n`);
    expect(report.violations).to.deep.equal([]);
    expect(unhandled).to.deep.equal([]);
  });
});
