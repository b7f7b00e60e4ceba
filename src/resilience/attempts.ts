import { pause } from '../async/backoff.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { StoreErrorDetails } from '../errors/error-details.js';
import type { Operation } from '../observability/operation.js';
import { checkTimeout, type OperationOptions } from '../options/operation-options.js';
import { remedyFor, waitBefore, type Remedy } from './classify.js';
import type { RetryPolicy } from './retry-settings.js';

/** The attempts of one operation. Counts the retries, limits the time of each attempt, and waits between them. */
export class Attempts {
  readonly #policy: RetryPolicy;
  readonly #operation: Pick<Operation, 'request' | 'retry'>;
  readonly #remedyFor: (error: unknown) => Remedy;
  readonly #signal: AbortSignal | undefined;
  readonly #ends: number;
  #retry = 0;

  constructor(
    policy: RetryPolicy,
    operation: Pick<Operation, 'request' | 'retry'>,
    { signal, timeout = policy.timeout }: OperationOptions,
    remedy: (error: unknown) => Remedy = remedyFor,
  ) {
    checkTimeout({ timeout });
    this.#policy = policy;
    this.#operation = operation;
    this.#remedyFor = remedy;
    this.#signal = signal;
    this.#ends = performance.now() + timeout;
  }

  /**
   * Options of the next attempt: the signal, and the time limit of one attempt or the time left, whichever is shorter.
   */
  get options(): OperationOptions {
    return this.#within(Math.min(this.#policy.tryTimeout, this.#left));
  }

  /** Options of requests that follow the attempts, e.g. for reading back: the signal and all the time that is left. */
  get rest(): OperationOptions {
    return this.#within(this.#left);
  }

  /** True once the signal is aborted or the time is used up. */
  get isOver(): boolean {
    return this.#signal?.aborted === true || this.#left <= 0;
  }

  /**
   * Sends a request until it succeeds or must not be retried. Use it only for requests that have the same effect when
   * sent twice.
   */
  async repeat<T>(send: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.#operation.request(send);
      } catch (error) {
        if (!(await this.again(error))) throw this.failure(error);
      }
    }
  }

  /**
   * Waits until the next attempt is due. Resolves to `false` if there must be no further attempt: at once, or as soon
   * as the signal is aborted.
   */
  async again(error: unknown): Promise<boolean> {
    const remedy = this.#remedyFor(error);
    if (remedy === 'never' || !EntitableError.is(error)) return false;
    if (this.#retry >= this.#policy.maxRetries || this.isOver) return false;
    const wait = waitBefore(this.#retry, remedy, error, this.#policy);
    if (wait >= this.#left) return false;
    this.#retry++;
    this.#operation.retry(error, wait);
    return pause(wait, this.#signal);
  }

  /**
   * Returns the error that the operation fails with after its last attempt: `store.aborted` if the signal was aborted
   * between two attempts; otherwise the error of the last attempt, which the caller passes.
   */
  failure(error: unknown): unknown {
    if (this.#signal?.aborted !== true || EntitableError.is(error, 'store.aborted')) return error;
    if (EntitableError.is(error, 'store.outcome-unknown')) return error;
    return new EntitableError(
      'store.aborted',
      'The operation was stopped by its signal between two tries. What the last one failed with is the cause.',
      EntitableError.is(error, 'store.') ? (error.details as StoreErrorDetails) : {},
      { cause: error },
    );
  }

  #within(timeout: number): OperationOptions {
    return { signal: this.#signal, ...(timeout !== Number.POSITIVE_INFINITY && { timeout: Math.max(1, timeout) }) };
  }

  get #left(): number {
    return this.#ends - performance.now();
  }
}
