import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { repeatWork } from '../../src/resilience/repeat-work.js';
import { pause } from '../../src/resilience/classify.js';
import { Deadline } from '../../src/async/deadline.js';
import { underDeadline } from '../../src/stores/azure/http/request-deadline.js';
import { rejection } from '../support/every-store.js';

/** Node takes each for one millisecond. */
const TOO_LONG = [2 ** 31, 3e9, Infinity];

describe('A time that is longer than a timer of Node', () => {
  const warnings: string[] = [];
  const listen = ({ name }: Error): void => void warnings.push(name);
  before(() => void process.on('warning', listen));
  after(() => void process.off('warning', listen));
  afterEach(async () => {
    await wait(5);
    expect(warnings.splice(0)).to.deep.equal([]);
  });

  for (const milliseconds of TOO_LONG) {
    it(`of ${milliseconds} ms is waited for, not 1 ms`, async () => {
      const stop = new AbortController();
      const slow = () => wait(30, 'done');
      const paused = pause(milliseconds, stop.signal);
      expect(
        await Promise.all([
          Promise.race([paused, wait(20, 'still waits')]),
          new Deadline({ timeout: milliseconds }).wait(slow()),
          underDeadline({ timeout: milliseconds }, slow),
        ]),
      ).to.deep.equal(['still waits', 'done', 'done']);
      stop.abort();
      expect(await paused).to.equal(false);
    });
  }

  it('that a server asks to wait is one wait, not a request every millisecond', async () => {
    let requests = 0;
    const busy = new EntitableError('store.throttled', 'Busy.', { status: 503, retryAfter: 4e9 });
    const work = (): Promise<never> => {
      requests++;
      return Promise.reject(busy);
    };
    const error = await rejection(repeatWork(work, { signal: AbortSignal.timeout(50) }));
    expect([(error as EntitableError).code, requests]).to.deep.equal(['store.aborted', 1]);
  });
});
