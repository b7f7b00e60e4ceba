import { AsyncLocalStorage } from 'node:async_hooks';
import { notify } from '../async/notify.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { Verb, VerbObserver } from '../store/verb-observer.js';
import type { OperationEvent, VerbEvent, VerbListener } from './events.js';

/** The sums over the operations of a verb so far. */
interface Sums {
  operations: number;
  requests: number;
  retries: number;
  rows: number;
}

/**
 * Sums up the operations of each verb, which it recognises by the async context that they run in. Used with `onVerb`.
 */
export class Verbs implements VerbObserver {
  readonly #running = new AsyncLocalStorage<Sums>();
  readonly #listener: VerbListener;

  constructor(listener: VerbListener) {
    this.#listener = listener;
  }

  /**
   * Adds the requests, retries and rows of a finished operation to the sums of the verb (the call of the program, such
   * as `save`) that it belongs to, if there is one.
   */
  count({ requests, retries, rows }: OperationEvent): void {
    const sums = this.#running.getStore();
    if (sums === undefined) return;
    sums.operations++;
    sums.requests += requests;
    sums.retries += retries;
    sums.rows += rows;
  }

  async run<R>(verb: Verb, work: () => R | Promise<R>): Promise<R> {
    const end = this.#begin(verb);
    try {
      const result = await this.#running.run(end.sums, work);
      end.with('success');
      return result;
    } catch (error) {
      end.with(outcomeOf(error));
      throw error;
    }
  }

  async *iterate<I>(verb: Verb, items: AsyncGenerator<I, void, undefined>): AsyncGenerator<I, void, undefined> {
    const end = this.#begin(verb);
    let outcome: VerbEvent['outcome'] = 'success';
    try {
      for (;;) {
        const next = await this.#running.run(end.sums, () => items.next());
        if (next.done === true) return;
        yield next.value;
      }
    } catch (error) {
      outcome = outcomeOf(error);
      throw error;
    } finally {
      await this.#running.run(end.sums, () => items.return());
      end.with(outcome);
    }
  }

  #begin(verb: Verb): { readonly sums: Sums; with(outcome: VerbEvent['outcome']): void } {
    const sums: Sums = { operations: 0, requests: 0, retries: 0, rows: 0 };
    const began = performance.now();
    return {
      sums,
      with: (outcome) =>
        notify(this.#listener, {
          kind: 'verb',
          ...verb,
          ...sums,
          milliseconds: performance.now() - began,
          outcome,
        } satisfies VerbEvent),
    };
  }
}

function outcomeOf(error: unknown): VerbEvent['outcome'] {
  return EntitableError.is(error) ? error.code : 'failure';
}
