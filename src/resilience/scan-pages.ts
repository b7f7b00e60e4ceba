import { linkSignal } from '../async/linked-signal.js';
import { SerialIterator, type IterationEnd } from '../async/serial-iterator.js';
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
export class ScanPages<R> extends SerialIterator<RowPage<R>> {
  readonly #source: ScanSource<R>;
  readonly #stop = new AbortController();
  #operation: Operation | undefined;
  #pages: AsyncIterator<RowPage<R>> | undefined;
  #continuation: string | undefined;

  constructor(source: ScanSource<R>) {
    super();
    this.#source = source;
    this.#continuation = source.continuation;
  }

  protected read(): Promise<RowPage<R> | undefined> {
    const { inFlight, options, begin } = this.#source;
    const operation = (this.#operation ??= begin());
    return inFlight.run(options, (running) => this.#page(running, operation));
  }

  protected ended(_: IterationEnd, failure?: unknown): void {
    this.#stop.abort(ENDED);
    // Not waited for: an iterator in the middle of a page answers only after it.
    this.#pages?.return?.().catch(ignore);
    this.#operation?.end(failure);
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
          if (result.done === true) return undefined;
          const page = result.value;
          operation.count(page.rows.length);
          this.#continuation = page.continuation;
          return page;
        } catch (error) {
          this.#pages = undefined;
          if (!(await tries.again(error))) throw tries.failure(error);
        }
      }
    } finally {
      release();
    }
  }
}

/** Nobody reads it; made once, because an error of its own for each scan costs as much as its request. */
const ENDED = new Error('The scan has ended');

function ignore(): void {}
