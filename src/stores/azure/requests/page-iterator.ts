import { SerialIterator, type IterationEnd } from '../../../async/serial-iterator.js';
import type { RowReader } from '../../../store/row.js';
import type { RowPage, ScanRequest } from '../../../store/table-store.js';
import type { OperationOptions } from '../../../options/operation-options.js';
import { underDeadline } from '../http/request-deadline.js';
import { unansweredRead } from './network-error.js';
import type { ArrivingPage, PageReader } from './page-reader.js';
import { StopSignal } from '../http/request-message.js';

type Coming = Promise<ArrivingPage | undefined>;

/**
 * Iterates over the pages of one scan. With `ahead`, the next page is requested as soon as the headers of a page have
 * arrived, while its body is still being received. The time limit applies to each page, from the call of `next`; time
 * that the caller spends between pages does not count.
 */
export class PageIterator<R> extends SerialIterator<RowPage<R>> {
  readonly #reader: PageReader;
  readonly #decode: (row: RowReader) => R;
  readonly #ahead: number;
  readonly #options: OperationOptions | undefined;
  readonly #stop = new StopSignal();
  /** Pages that were requested ahead, in order. A promise for a page after the last one resolves to `undefined`. */
  readonly #coming: Coming[] = [];
  #continuation: string | undefined;

  constructor(
    reader: PageReader,
    decode: (row: RowReader) => R,
    { continuation, ahead = 0 }: ScanRequest,
    options: OperationOptions | undefined,
  ) {
    super();
    this.#reader = reader;
    this.#decode = decode;
    this.#ahead = ahead;
    this.#options = options;
    this.#continuation = continuation;
  }

  protected async read(): Promise<RowPage<R> | undefined> {
    let arrived: { readonly continuation: string | undefined; readonly body: Buffer };
    try {
      arrived = await underDeadline(this.#options, async () => {
        const { continuation, body } = (await this.#page())!;
        this.#continuation = continuation;
        return { continuation, body: await body };
      });
    } catch (error) {
      throw unansweredRead(error, { table: this.#reader.table });
    }
    if (this.hasEnded) return undefined;
    const { continuation, body } = arrived;
    const rows = this.#reader.decode(body, this.#decode);
    return continuation === undefined ? { rows } : { rows, continuation };
  }

  /**
   * Aborts the requests for further pages. If the iteration ended with the last page, there are none, and aborting
   * could close the connection that the body of the last page still uses, so nothing is done.
   */
  protected ended(by: IterationEnd): void {
    if (by !== 'last page') this.#stop.stop();
  }

  /** Returns the next page, and requests the pages after it, up to `ahead`. */
  #page(): Coming {
    const current = this.#coming.shift() ?? this.#request(this.#continuation);
    for (let last = this.#coming.at(-1) ?? current; this.#coming.length < this.#ahead;) {
      last = this.#after(last);
      this.#coming.push(last);
    }
    return current;
  }

  #request(continuation: string | undefined): Coming {
    return this.#reader.request(continuation, this.#ahead > 0, this.#stop);
  }

  #after(page: Coming): Coming {
    const next = page.then((arrived) =>
      arrived?.continuation === undefined ? undefined : this.#request(arrived.continuation),
    );
    next.catch(ignore); // the error is reported when the page is read
    return next;
  }
}

function ignore(): void {}
