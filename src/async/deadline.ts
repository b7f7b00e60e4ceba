import { linkSignal, onAbort } from './linked-signal.js';
import { pause, startTimer } from './backoff.js';
import { handleRejection } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { checkOperation, type OperationOptions } from '../options/operation-options.js';

/**
 * Runs work under a signal of its own, which is aborted by the caller's signal or when the time is over. An abort that was due to the time
 * is thrown as `store.timeout` with this message.
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

/** How long one operation may go on, whatever it does in turn: until its signal says stop, or its time is over. */
export class Deadline {
  readonly #options: OperationOptions;
  readonly #ends: number;

  /** The time begins now. */
  constructor(options: OperationOptions = {}) {
    checkOperation(options);
    this.#options = options;
    this.#ends = options.timeout === undefined ? Number.POSITIVE_INFINITY : performance.now() + options.timeout;
  }

  /** The signal, and what is left of the time, for what comes next. */
  get rest(): OperationOptions {
    if (this.#ends === Number.POSITIVE_INFINITY) return this.#options;
    const { signal } = this.#options;
    return { signal, timeout: Math.max(0, this.#ends - performance.now()) };
  }

  /** Throws `store.aborted` or `store.timeout` when the operation must not go on. */
  check(): void {
    if (this.#options.signal?.aborted === true) throw this.#aborted();
    if (this.#ends !== Number.POSITIVE_INFINITY && performance.now() >= this.#ends) throw this.#late();
  }

  /**
   * Waits for work that does not listen to the signal itself, e.g. a user's function. It is left alone when the wait is ended before it:
   * what it gives or throws then is dropped.
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

  /** Waits before the operation goes on. Throws `store.aborted` or `store.timeout` as soon as it must not. */
  async pause(milliseconds: number): Promise<void> {
    const left = this.#ends - performance.now();
    const hasElapsed = await pause(Math.min(milliseconds, left), this.#options.signal);
    if (hasElapsed && milliseconds >= left) throw this.#late(); // a timer may end a little before its time
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
