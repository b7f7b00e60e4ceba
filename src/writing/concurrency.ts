import { checkCount } from '../options/check-option.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { PreparedWrite, TableStore, WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { Deadline } from '../async/deadline.js';
import { limitedTo } from './apart-phases.js';
import { retryWithBackoff } from '../async/backoff.js';

/** Maximum number of concurrent requests, adjusted to the store's responses. */
export interface Concurrency {
  readonly limit: number;
  /** True if a transaction that a busy store refused is sent again later. */
  readonly patient: boolean;
  /** Called after each successful request with its duration. */
  answered(milliseconds: number): void;
  /** Called when a request failed because the store was busy or unavailable. */
  refused(): void;
}

/** Validates the option `concurrency` and returns the control for it. Throws `validation.invalid-option`. */
export function concurrencyOf(option: number | 'adaptive'): Concurrency {
  if (option === 'adaptive') return new AdaptiveConcurrency();
  const limit = checkCount('concurrency', option, 1);
  return { limit, patient: false, answered: () => undefined, refused: () => undefined };
}

const FIRST = 4;
const MOST = 64;
/** Factor by which responses may be slower than the fastest one before fewer requests are sent. */
const SLOWER = 3;
/** Factor by which the remembered fastest time grows with each response, because it may have been an outlier. */
const FORGETTING = 1.02;

/**
 * Adds one concurrent request per round of fast responses, removes one when responses become slow, and halves the
 * number when the store is busy.
 */
class AdaptiveConcurrency implements Concurrency {
  readonly patient = true;
  #limit = FIRST;
  #best = Infinity;

  get limit(): number {
    return Math.floor(this.#limit);
  }

  answered(milliseconds: number): void {
    this.#best = Math.min(this.#best * FORGETTING, milliseconds);
    const step = (milliseconds <= this.#best * SLOWER ? 1 : -1) / this.#limit;
    this.#limit = Math.min(MOST, Math.max(1, this.#limit + step));
  }

  refused(): void {
    this.#limit = Math.max(1, this.#limit / 2);
  }
}

/**
 * Maximum number of attempts of a transaction while the store is busy. The waits between them take 23 seconds at most.
 */
const ATTEMPTS = 8;
const WAITS = Object.freeze({ first: 200, longest: 10_000 });

/** Settings for submitting a transaction of a bulk write. */
interface Submission {
  readonly store: TableStore;
  readonly operation: OperationOptions;
  readonly concurrency: Concurrency;
  readonly stopped: () => boolean;
}

/**
 * Submits a transaction of a bulk write. With adaptive concurrency it is sent again while the store is busy, since a
 * busy store has written nothing. `within` limits all attempts together, in milliseconds.
 */
export function submitWithBackoff(
  table: string,
  writes: readonly PreparedWrite[],
  { store, operation, concurrency, stopped }: Submission,
  within?: number,
): Promise<readonly WriteReceipt[]> {
  if (!concurrency.patient) return store.submit(table, writes, limitedTo(operation, within));
  const deadline = within === undefined ? undefined : new Deadline({ timeout: within });
  const attempt = async (): Promise<readonly WriteReceipt[]> => {
    const begin = performance.now();
    const receipts = await store.submit(table, writes, limitedTo(operation, deadline?.rest.timeout));
    concurrency.answered(performance.now() - begin);
    return receipts;
  };
  const when = (error: unknown): boolean => {
    const isBusy = EntitableError.is(error, 'store.throttled') || EntitableError.is(error, 'store.unavailable');
    if (isBusy) concurrency.refused();
    return isBusy && !stopped();
  };
  return retryWithBackoff(attempt, { attempts: ATTEMPTS, waits: WAITS, when, signal: operation.signal });
}
