import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { repeatWork } from '../../src/resilience/repeat-work.js';
import { pause, retryWithBackoff } from '../../src/async/backoff.js';
import { Deadline } from '../../src/async/deadline.js';
import { underDeadline } from '../../src/stores/azure/http/request-deadline.js';
import { rejection } from '../support/every-store.js';

/** Times that a timer of Node would cut to one millisecond. */
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
    it(`A wait of ${milliseconds} ms is not cut to 1 ms`, async () => {
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

  it('A very long Retry-After leads to one wait, not to a request every millisecond', async () => {
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

describe('Work that is retried with backoff', () => {
  const NO_WAITS = { first: 0, longest: 0 };

  it('Work that is retried with backoff is not repeated once it has succeeded', async () => {
    let calls = 0;
    const work = (): Promise<number> => (++calls < 3 ? Promise.reject(new Error('lost')) : Promise.resolve(calls));
    expect(await retryWithBackoff(work, { attempts: 5, waits: NO_WAITS, when: () => true })).to.equal(3);
    expect(calls).to.equal(3);
  });

  it('Work that is retried with backoff ends with its last error after the given number of attempts', async () => {
    let calls = 0;
    const work = (): Promise<never> => Promise.reject(new Error(`attempt ${++calls}`));
    const error = await rejection(retryWithBackoff(work, { attempts: 3, waits: NO_WAITS, when: () => true }));
    expect(error).to.have.property('message', 'attempt 3');
  });

  it('Work that is retried with backoff is not repeated after an error that another attempt cannot fix', async () => {
    let calls = 0;
    const work = (): Promise<never> => Promise.reject(new Error(`attempt ${++calls}`));
    await rejection(retryWithBackoff(work, { attempts: 3, when: () => false }));
    expect(calls).to.equal(1);
  });

  it("Work that is retried with backoff is stopped by its signal while it waits, with the signal's reason as the cause", async () => {
    const waits = { first: 1e9, longest: 1e9 };
    const reason = new Error('no longer needed');
    const stop = new AbortController();
    setTimeout(() => stop.abort(reason), 5);
    const work = (): Promise<never> => Promise.reject(new Error('lost'));
    const error = await rejection(
      retryWithBackoff(work, { attempts: 3, waits, when: () => true, signal: stop.signal }),
    );
    expect(error).to.include({ code: 'store.aborted', cause: reason });
  });

  it('Work that is retried with backoff is stopped by its deadline while it waits', async () => {
    const deadline = new Deadline({ timeout: 5 });
    const error = await rejection(
      retryWithBackoff(() => Promise.reject(new Error('lost')), {
        attempts: 3,
        when: () => true,
        wait: () => deadline.pause(1e9),
      }),
    );
    expect(error).to.have.property('code', 'store.timeout');
  });
});
