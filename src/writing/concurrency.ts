import { checkCount } from '../options/check-option.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { PreparedWrite, TableStore, WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { retryWithBackoff } from '../async/backoff.js';

/** How many requests may be under way, and what the store's answers make of that. */
export interface Concurrency {
  readonly limit: number;
  /** Whether a store that is busy is asked again later. */
  readonly patient: boolean;
  /** A request was answered, after so many milliseconds. */
  answered(milliseconds: number): void;
  /** The store was too busy. */
  refused(): void;
}

/** The concurrency that an option asks for. Throws `validation.invalid-option`. */
export function concurrencyOf(option: number | 'adaptive'): Concurrency {
  if (option === 'adaptive') return new AdaptiveConcurrency();
  const limit = checkCount('concurrency', option, 1);
  return { limit, patient: false, answered: () => undefined, refused: () => undefined };
}

const FIRST = 4;
const MOST = 64;
/** How much slower than at its best a store may become before more at once is of no use. */
const SLOWER = 3;
/** The best time is forgotten slowly: it may have been luck. */
const FORGETTING = 1.02;

/** One more at once for every round of good answers, one fewer when answers become slow, half when the store is busy. */
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

/** Attempts of a transaction while the store is busy: its waits are 23 seconds together at most. */
const ATTEMPTS = 8;
const WAITS = Object.freeze({ first: 200, longest: 10_000 });

/** What a transaction of a bulk write is submitted with. */
interface Submission {
  readonly store: TableStore;
  readonly operation: OperationOptions;
  readonly concurrency: Concurrency;
  readonly stopped: () => boolean;
}

/** Submits a transaction of a bulk write; with adaptive concurrency again while the store is busy, since a busy store has written nothing. */
export function submitWithBackoff(
  table: string,
  writes: readonly PreparedWrite[],
  { store, operation, concurrency, stopped }: Submission,
): Promise<readonly WriteReceipt[]> {
  if (!concurrency.patient) return store.submit(table, writes, operation);
  const attempt = async (): Promise<readonly WriteReceipt[]> => {
    const begin = performance.now();
    const receipts = await store.submit(table, writes, operation);
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
