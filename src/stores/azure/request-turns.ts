import type { PipelineRequest } from '@azure/core-rest-pipeline';
import { EntitableError } from '../../errors/entitable-error.js';
import { requestStopped } from './stop-signal.js';

type Signal = PipelineRequest['abortSignal'];

/** Lets so many requests be under way at once; all others wait for their turn, in their order. */
export class RequestTurns {
  #free: number;
  readonly #waiting = new Set<(error?: Error) => void>();

  constructor(most: number) {
    this.#free = most;
  }

  /** Resolves when it is a request's turn; `undefined` where it need not wait. Who has a turn ends it by {@link leave}. */
  enter(signal: Signal): Promise<void> | undefined {
    if (this.#free > 0) {
      this.#free--;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const stop = (): void => end(requestStopped());
      const end = (error?: Error): void => {
        this.#waiting.delete(end);
        signal?.removeEventListener('abort', stop);
        if (error === undefined) resolve();
        else reject(error);
      };
      this.#waiting.add(end);
      signal?.addEventListener('abort', stop);
    });
  }

  /** Gives a turn to the request that has waited longest. */
  readonly leave = (): void => {
    const [next] = this.#waiting;
    if (next === undefined) this.#free++;
    else next();
  };

  /** Ends the wait of all: what has waited so far was never sent. */
  close(): void {
    for (const end of this.#waiting) {
      end(new EntitableError('store.closed', 'The store was closed before this request had its turn.', {}));
    }
  }
}
