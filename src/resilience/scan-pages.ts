import { linkSignal } from '../async/linked-signal.js';
import type { Operation } from '../observability/operation.js';
import type { RowPage } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { InFlight } from './in-flight.js';
import type { RetryPolicy } from './retry-settings.js';
import { Attempts } from './attempts.js';

/** What one scan is made of. */
export interface ScanSource<R> {
  readonly policy: RetryPolicy;
  readonly inFlight: InFlight;
  readonly begin: () => Operation;
  readonly options: OperationOptions | undefined;
  readonly continuation: string | undefined;
  /** The pages from a continuation on. */
  readonly from: (continuation: string | undefined, options: OperationOptions) => AsyncIterable<RowPage<R>>;
}

/**
 * The pages of one scan. A page that fails on its way is asked for again where the one before it ended, so that no row is given twice.
 * The time limit is each page's own.
 */
export class ScanPages<R> implements AsyncIterator<RowPage<R>> {
  readonly #source: ScanSource<R>;
  readonly #stop = new AbortController();
  #operation: Operation | undefined;
  #pages: AsyncIterator<RowPage<R>> | undefined;
  #continuation: string | undefined;
  #ended = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(source: ScanSource<R>) {
    this.#source = source;
    this.#continuation = source.continuation;
  }

  next(): Promise<IteratorResult<RowPage<R>>> {
    const result = this.#turn.then(() => this.#advance());
    this.#turn = result.catch(ignore); // whoever called gets the error
    return result;
  }

  /** Stops what is in flight. */
  return(): Promise<IteratorReturnResult<undefined>> {
    this.#end();
    return Promise.resolve(END);
  }

  async #advance(): Promise<IteratorResult<RowPage<R>>> {
    if (this.#ended) return END;
    const { inFlight, options, begin } = this.#source;
    try {
      this.#operation ??= begin();
      const page = await inFlight.run(options, (running) => this.#page(running, this.#operation!));
      if (this.#ended) return END; // return() came first
      if (page === undefined) return await this.return();
      this.#operation.count(page.rows.length);
      this.#continuation = page.continuation;
      if (page.continuation === undefined) this.#end();
      return { done: false, value: page };
    } catch (error) {
      if (this.#ended) return END; // by return(): what it was waiting for does not matter
      this.#end(error);
      throw error;
    }
  }

  async #page(options: OperationOptions, operation: Operation): Promise<RowPage<R> | undefined> {
    const { policy, from } = this.#source;
    // The pages outlive this one's signal, so they have one of their own; what stops a page stops the scan.
    const release = linkSignal(options.signal, this.#stop);
    const tries = new Attempts(policy, operation, { ...options, signal: this.#stop.signal });
    try {
      for (;;) {
        try {
          this.#pages ??= from(this.#continuation, tries.options)[Symbol.asyncIterator]();
          const pages = this.#pages;
          const result = await operation.request(() => pages.next());
          return result.done === true ? undefined : result.value;
        } catch (error) {
          this.#pages = undefined;
          if (!(await tries.again(error))) throw tries.failure(error);
        }
      }
    } finally {
      release();
    }
  }

  #end(failure?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stop.abort(ENDED);
    // Not waited for: an iterator in the middle of a page answers only after it.
    this.#pages?.return?.().catch(ignore);
    this.#operation?.end(failure);
  }
}

/** Nobody reads it; made once, because an error of its own for each scan costs as much as its request. */
const ENDED = new Error('The scan has ended');

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

function ignore(): void {}
