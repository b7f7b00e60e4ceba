import { EntitableError } from '../../errors/entitable-error.js';
import { checkTimeout } from '../../store/check-timeout.js';
import type { OperationOptions } from '../../store/table-store.js';

/** How long one operation may go on: until its signal says stop, or its time is over. */
export class Deadline {
  readonly #options: OperationOptions | undefined;
  readonly #ends: number;

  constructor(options: OperationOptions | undefined) {
    checkTimeout(options);
    this.#options = options;
    this.#ends = options?.timeout === undefined ? Number.POSITIVE_INFINITY : performance.now() + options.timeout;
  }

  /** Throws `store.aborted` or `store.timeout` when the operation must not go on. */
  check(): void {
    const signal = this.#options?.signal;
    if (signal?.aborted === true) {
      throw new EntitableError(
        'store.aborted',
        'The operation was aborted by its signal.',
        {},
        { cause: signal.reason },
      );
    }
    if (this.#ends !== Number.POSITIVE_INFINITY && performance.now() >= this.#ends) {
      throw new EntitableError('store.timeout', `The operation took longer than its ${this.#options?.timeout} ms.`, {});
    }
  }
}
