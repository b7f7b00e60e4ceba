import type { RowReader } from '../../../store/row.js';
import type { RowPage, ScanRequest } from '../../../store/table-store.js';
import type { OperationOptions } from '../../../options/operation-options.js';
import { underDeadline } from '../http/request-deadline.js';
import { unansweredRead } from './network-error.js';
import type { ArrivingPage, PageReader } from './page-reader.js';
import { StopSignal } from '../http/request-message.js';

type Coming = Promise<ArrivingPage | undefined>;

/**
 * The pages of one scan. With `ahead`, the next page is requested as soon as the headers of one tell where it begins, while its body is
 * still on its way. The time limit is each page's, from when it is asked for: what its reader does with the pages takes the time it takes.
 */
export class PageIterator<R> implements AsyncIterator<RowPage<R>> {
  readonly #reader: PageReader;
  readonly #decode: (row: RowReader) => R;
  readonly #ahead: number;
  readonly #options: OperationOptions | undefined;
  readonly #stop = new StopSignal();
  /** Pages on their way, in order; one that follows the last is nothing. */
  readonly #coming: Coming[] = [];
  #continuation: string | undefined;
  #done = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    reader: PageReader,
    decode: (row: RowReader) => R,
    { continuation, ahead = 0 }: ScanRequest,
    options: OperationOptions | undefined,
  ) {
    this.#reader = reader;
    this.#decode = decode;
    this.#ahead = ahead;
    this.#options = options;
    this.#continuation = continuation;
  }

  next(): Promise<IteratorResult<RowPage<R>>> {
    const result = this.#turn.then(() => this.#advance());
    this.#turn = result.catch(ignore); // whoever called gets the error; the call after it finds the end
    return result;
  }

  /** Stops what is in flight. */
  return(): Promise<IteratorReturnResult<undefined>> {
    this.#done = true;
    this.#stop.stop();
    return Promise.resolve(END);
  }

  async #advance(): Promise<IteratorResult<RowPage<R>>> {
    if (this.#done) return END;
    try {
      const { continuation, body } = await this.#arrival();
      if (this.#done) return END; // return() came first
      const rows = this.#reader.decode(body, this.#decode);
      if (continuation === undefined) this.#done = true;
      return { done: false, value: continuation === undefined ? { rows } : { rows, continuation } };
    } catch (error) {
      const stopped = this.#done;
      await this.return();
      if (stopped) return END; // by return(): what it was waiting for does not matter
      throw error;
    }
  }

  async #arrival(): Promise<{ readonly continuation: string | undefined; readonly body: Buffer }> {
    try {
      return await underDeadline(this.#options, async () => {
        const { continuation, body } = (await this.#page())!;
        this.#continuation = continuation;
        return { continuation, body: await body };
      });
    } catch (error) {
      throw unansweredRead(error, { table: this.#reader.table });
    }
  }

  /** The page that is due; those after it are asked for. */
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
    next.catch(ignore); // it is told when the page is asked for
    return next;
  }
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

function ignore(): void {}
