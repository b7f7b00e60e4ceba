import { checkCount } from '../query/check-option.js';

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
