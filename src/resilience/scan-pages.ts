import { linkSignal } from '../async/linked-signal.js';
import { SerialIterator, type IterationEnd } from '../async/serial-iterator.js';
import type { Operation } from '../observability/operation.js';
import type { RowPage } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { InFlight } from './in-flight.js';
import type { RetryPolicy } from './retry-settings.js';
import { Attempts } from './attempts.js';

/** The settings and functions of one scan, for {@link ScanPages}. */
export interface ScanSource<R> {
  readonly policy: RetryPolicy;
  readonly inFlight: InFlight;
  readonly begin: () => Operation;
  readonly options: OperationOptions | undefined;
  readonly continuation: string | undefined;
  /** Scans the pages that follow a continuation. */
  readonly from: (continuation: string | undefined, options: OperationOptions) => AsyncIterable<RowPage<R>>;
}

/**
 * Iterates over the pages of one scan. If a page fails, the scan is resumed after the last page that arrived, so that
 * no row is returned twice. The time limit applies to each page.
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
    // Not awaited: if the iterator is waiting for a page, `return()` settles only after that page.
    this.#pages?.return?.().catch(ignore);
    this.#operation?.end(failure);
  }

  async #page(options: OperationOptions, operation: Operation): Promise<RowPage<R> | undefined> {
    const { policy, from } = this.#source;
    // The iterator outlives the signal of a single page, so it has a signal of its own. Aborting one page ends the
    // whole scan.
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

/**
 * The abort reason, which nobody reads. It is created once, because an error for each scan would cost as much as its
 * request.
 */
const ENDED = new Error('The scan has ended');

function ignore(): void {}
