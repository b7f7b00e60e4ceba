import { EntitableError } from '../errors/entitable-error.js';
import type { StaleEntry } from '../errors/write-reports.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { ApartEntries, WriteOutcome } from '../writing/batch.js';
import type { ApartChange } from './apart-change.js';

/** The changes of one entity's entries in all indexes with partitions of their own. */
export class ApartChanges implements ApartEntries {
  readonly #changes: readonly ApartChange[];
  /**
   * `begun` from the first request until the outcome of the row's write, `unknown` after an unknown outcome, otherwise
   * `idle`.
   */
  #state: 'idle' | 'begun' | 'unknown' = 'idle';

  constructor(changes: readonly ApartChange[]) {
    this.#changes = changes;
  }

  get timeLeft(): number {
    return Math.min(...this.#changes.map(({ timeLeft }) => timeLeft));
  }

  get requests(): number {
    return this.#changes.reduce((sum, { requests }) => sum + requests, 0);
  }

  async before(options: OperationOptions): Promise<void> {
    this.#state = 'begun';
    const results = await Promise.allSettled(this.#changes.map((change) => change.before(options)));
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    if (errors.length === 0) return;
    // If several changes failed, the error for a unique value that another entity has helps the caller most.
    throw errors.find((error) => EntitableError.is(error, 'entity.not-unique')) ?? errors[0];
  }

  async after(outcome: WriteOutcome, options: OperationOptions, cause?: unknown): Promise<readonly StaleEntry[]> {
    const isKnown = this.#state === 'idle' || (this.#state === 'unknown' && outcome !== 'written');
    if (isKnown) return [];
    this.#state = outcome === 'unknown' ? 'unknown' : 'idle';
    const stale = await Promise.all(
      this.#changes.map(async (change) => {
        const error = await change.after(outcome, options, cause);
        return error === undefined ? [] : [change.stale(error)];
      }),
    );
    return stale.flat();
  }
}
