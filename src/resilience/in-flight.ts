import { linkSignal } from '../async/linked-signal.js';
import { LONGEST_TIMER, pause, startTimer } from '../async/backoff.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { OperationOptions } from '../options/operation-options.js';

/**
 * Extra time, in milliseconds, that `close` waits after it has aborted the running operations. They normally end at
 * once, but a store that the user has implemented may ignore the signal.
 */
const GRACE = 1000;

/** Keeps track of the running operations, so that closing a data source can wait for them or abort them. */
export class InFlight {
  readonly #stop = new AbortController();
  #running = 0;
  #closing: Promise<void> | undefined;
  #onIdle: (() => void) | undefined;

  /**
   * Runs an operation. `close` can abort it through the signal that `work` receives. Throws `store.closed` after
   * `close`.
   */
  async run<T>(options: OperationOptions | undefined, work: (options: OperationOptions) => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw closed();
    const { signal, unlink } = linked(options?.signal, this.#stop.signal);
    this.#running++;
    try {
      return await work({ ...options, signal });
    } finally {
      unlink();
      if (--this.#running === 0) this.#onIdle?.();
    }
  }

  /**
   * Refuses new operations and resolves when the running ones have ended. Those that still run after `timeout`
   * milliseconds are aborted.
   */
  close(timeout: number): Promise<void> {
    return (this.#closing ??= this.#drain(timeout));
  }

  async #drain(timeout: number): Promise<void> {
    if (this.#running === 0) return;
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    const stopsAfter = Math.min(timeout, LONGEST_TIMER - GRACE);
    const timer = startTimer(() => this.#stop.abort(closed()), stopsAfter);
    const overdue = new AbortController();
    await Promise.race([idle, pause(stopsAfter + GRACE, overdue.signal)]);
    overdue.abort(); // ends the pause
    clearTimeout(timer);
  }
}

/** Returns a signal that is aborted when either of two signals is. */
function linked(
  own: AbortSignal | undefined,
  shared: AbortSignal,
): { readonly signal: AbortSignal; readonly unlink: () => void } {
  if (own === undefined) return { signal: shared, unlink: nothing };
  const either = new AbortController();
  const forget = linkSignal(own, either);
  const forgetShared = linkSignal(shared, either);
  const unlink = (): void => {
    forget();
    forgetShared();
  };
  return { signal: either.signal, unlink };
}

function closed(): EntitableError {
  return new EntitableError('store.closed', 'The data source is closed. Open it again to use it.', {});
}

function nothing(): void {}
