import { linkSignal } from '../async/linked-signal.js';
import { LONGEST_TIMER, pause, startTimer } from '../async/backoff.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { OperationOptions } from '../options/operation-options.js';

/** What stops an operation ends it at once, but a store of the user's own may not listen: closing waits no longer for it than this. */
const GRACE = 1000;

/** The operations that are under way, so that closing can wait for them or stop them. */
export class InFlight {
  readonly #stop = new AbortController();
  #running = 0;
  #closing: Promise<void> | undefined;
  #onIdle: (() => void) | undefined;

  /** Runs an operation, which closing can stop through the signal it is given. Throws `store.closed` after `close`. */
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

  /** Takes nothing more; resolves when all that is under way has ended, by itself or, when the time is over, by being stopped. */
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

/** One signal that is aborted by either of two. */
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
