import { checkCount } from '../options/check-option.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { PreparedWrite, TableStore, WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { jitteredWait } from '../async/backoff.js';

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

const TRIES = 8;
const WAITS = Object.freeze({ first: 100, longest: 10_000 });

interface Patience {
  readonly store: TableStore;
  readonly operation: OperationOptions;
  readonly concurrency: Concurrency;
  readonly stopped: () => boolean;
}

/** Submits writes, and does so again when the store says that it is busy: then nothing was written. */
export async function submitWithBackoff(
  table: string,
  writes: readonly PreparedWrite[],
  { store, operation, concurrency, stopped }: Patience,
): Promise<readonly WriteReceipt[]> {
  for (let attempt = 1; ; attempt++) {
    const begin = performance.now();
    try {
      const receipts = await store.submit(table, writes, operation);
      concurrency.answered(performance.now() - begin);
      return receipts;
    } catch (error) {
      const isBusy = EntitableError.is(error, 'store.throttled') || EntitableError.is(error, 'store.unavailable');
      if (isBusy) concurrency.refused();
      if (!isBusy || !concurrency.patient || attempt === TRIES || stopped()) throw error;
    }
    await jitteredWait(attempt, WAITS, operation.signal);
  }
}
