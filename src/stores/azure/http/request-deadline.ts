import { onAbort } from '../../../async/linked-signal.js';
import { startTimer } from '../../../async/backoff.js';
import { checkTimeout, type OperationOptions } from '../../../options/operation-options.js';
import { StopSignal } from './request-message.js';

/** Thrown when a signal or a time limit ends an operation. */
export class Stopped extends Error {
  readonly code: 'store.aborted' | 'store.timeout';

  constructor(code: Stopped['code'], cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

/**
 * Runs an operation with the `signal` and `timeout` of its options. If the signal is aborted or the time is up, the
 * stop signal that was passed to `run` is triggered, and the returned promise rejects with `Stopped` at once, even if
 * `run` ignores the stop signal.
 */
export function underDeadline<T>(
  options: OperationOptions | undefined,
  run: (stop: StopSignal | undefined) => Promise<T>,
): Promise<T> {
  const { signal, timeout } = options ?? NO_OPTIONS;
  return signal === undefined && timeout === undefined ? run(undefined) : runUnder(signal, timeout, run);
}

function runUnder<T>(
  signal: AbortSignal | undefined,
  timeout: number | undefined,
  run: (stop: StopSignal) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    checkTimeout({ timeout });
    if (signal?.aborted) throw new Stopped('store.aborted', signal.reason);
    if (timeout !== undefined && timeout <= 0) throw new Stopped('store.timeout');

    const stop = new StopSignal();
    const running = run(stop);
    const stopFor = (code: Stopped['code'], cause?: unknown): void => {
      release();
      reject(new Stopped(code, cause));
      stop.stop();
    };
    const timer = timeout === undefined ? undefined : startTimer(() => stopFor('store.timeout'), timeout);
    let forget = (): void => undefined;
    const release = (): void => {
      if (timer !== undefined) clearTimeout(timer);
      forget();
    };
    const after =
      <R>(settle: (result: R) => void) =>
      (result: R): void => {
        release();
        settle(result);
      };
    forget = onAbort(signal, () => stopFor('store.aborted', signal?.reason));
    running.then(after(resolve), after(reject));
  });
}

const NO_OPTIONS: OperationOptions = {};
