import { linkSignal, onAbort } from './linked-signal.js';
import { pause, startTimer } from './backoff.js';
import { handleRejection } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { checkOperation, type OperationOptions } from '../options/operation-options.js';

/**
 * Calls `work` with a signal of its own, which is aborted by the caller's signal or when the time limit expires. If the
 * time limit aborts the work, `store.timeout` is thrown with `message`.
 */
export async function withTimeLimit<T>(
  { signal, timeout }: OperationOptions,
  message: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const release = linkSignal(signal, stop);
  let isLate = false;
  const onLate = (): void => {
    isLate = true;
    stop.abort(new DOMException(message, 'TimeoutError'));
  };
  const timer = timeout === undefined ? undefined : startTimer(onLate, timeout);
  try {
    return await work(stop.signal);
  } catch (cause) {
    if (!isLate || !EntitableError.is(cause, 'store.aborted')) throw cause;
    throw new EntitableError('store.timeout', message, cause.details, { cause });
  } finally {
    clearTimeout(timer);
    release();
  }
}

/**
 * A time limit and a signal for one operation that takes several steps, e.g. requests and calls of a user's function.
 */
export class Deadline {
  readonly #options: OperationOptions;
  readonly #ends: number;

  /** Starts the time limit. Throws `validation.invalid-option`. */
  constructor(options: OperationOptions = {}) {
    checkOperation(options);
    this.#options = options;
    this.#ends = options.timeout === undefined ? Number.POSITIVE_INFINITY : performance.now() + options.timeout;
  }

  /** The signal and the remaining time, as options for the next part of the operation. */
  get rest(): OperationOptions {
    if (this.#ends === Number.POSITIVE_INFINITY) return this.#options;
    const { signal } = this.#options;
    return { signal, timeout: Math.max(0, this.#ends - performance.now()) };
  }

  /** Throws `store.aborted` if the signal is aborted, or `store.timeout` if the time limit has expired. */
  check(): void {
    if (this.#options.signal?.aborted === true) throw this.#aborted();
    if (this.#ends !== Number.POSITIVE_INFINITY && performance.now() >= this.#ends) throw this.#late();
  }

  /**
   * Waits for work that does not listen to the signal itself, e.g. a user's function. If the signal or the time limit
   * ends the wait, the work continues, and its result or error is ignored.
   */
  wait<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#options;
    if (signal === undefined && this.#ends === Number.POSITIVE_INFINITY) return work;
    if (signal?.aborted === true) {
      handleRejection(work);
      return Promise.reject(this.#aborted());
    }
    return new Promise((resolve, reject) => {
      const ending =
        <R>(settle: (result: R) => void) =>
        (result: R): void => {
          clearTimeout(timer);
          release();
          settle(result);
        };
      const stop = ending(reject);
      const timer =
        this.#ends === Number.POSITIVE_INFINITY
          ? undefined
          : startTimer(() => stop(this.#late()), this.#ends - performance.now());
      const release = onAbort(signal, () => stop(this.#aborted()));
      work.then(ending(resolve), stop);
    });
  }

  /**
   * Waits before the next step. Throws `store.aborted` as soon as the signal is aborted, or `store.timeout` when the
   * time limit expires.
   */
  async pause(milliseconds: number): Promise<void> {
    const left = this.#ends - performance.now();
    const hasElapsed = await pause(Math.min(milliseconds, left), this.#options.signal);
    if (hasElapsed && milliseconds >= left) throw this.#late(); // a timer may fire slightly early
    this.check();
  }

  #aborted(): EntitableError {
    const cause: unknown = this.#options.signal?.reason;
    return new EntitableError('store.aborted', 'The operation was aborted by its signal.', {}, { cause });
  }

  #late(): EntitableError {
    const { timeout } = this.#options;
    return new EntitableError('store.timeout', `The operation took longer than its ${timeout} ms.`, {});
  }
}
