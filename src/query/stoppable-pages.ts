import { linkSignal } from '../async/linked-signal.js';
import { withTimeLimit } from '../async/deadline.js';
import { checkOperation, type OperationOptions } from '../options/operation-options.js';
import type { Page, PagesOptions } from './query.js';

type Pages<R> = AsyncGenerator<Page<R>, void, undefined>;

/** `read` reads the pages; `watch`, if there is an observer, reports the iteration to it. */
interface PagesSource<R> {
  readonly read: (options: PagesOptions) => Pages<R>;
  readonly watch?: ((pages: Pages<R>) => Pages<R>) | undefined;
}

/**
 * Pages whose `return()` aborts the request in flight. A generator alone would wait for that request, because it
 * handles `return` only after the pending `next`.
 */
export class StoppablePages<R> implements AsyncIterableIterator<Page<R>, undefined> {
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal | undefined;
  readonly #pages: Pages<R>;
  #release: (() => void) | undefined;

  constructor({ read, watch }: PagesSource<R>, options: PagesOptions = {}) {
    checkOperation(options);
    this.#signal = options.signal;
    const pages = untilStopped(read({ ...options, signal: this.#stop.signal }), this.#stop.signal);
    this.#pages = watch === undefined ? pages : watch(pages);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Page<R>, undefined>> {
    this.#release ??= linkSignal(this.#signal, this.#stop);
    try {
      const { done, value } = await this.#pages.next();
      if (done !== true) return { done: false, value };
    } catch (error) {
      this.#release();
      throw error;
    }
    this.#release();
    return END;
  }

  async return(): Promise<IteratorResult<Page<R>, undefined>> {
    this.#release?.();
    this.#stop.abort(RETURNED);
    await this.#pages.return();
    return END;
  }
}

/** Suppresses the error of the request that `return()` aborted, because no one is waiting for it any more. */
async function* untilStopped<R>(pages: Pages<R>, signal: AbortSignal): Pages<R> {
  try {
    yield* pages;
  } catch (error) {
    if (signal.reason !== RETURNED) throw error;
  }
}

/**
 * The reason with which `return()` aborts. All iterations share it, because creating an `Error` for each of them would
 * cost as much as its request.
 */
const RETURNED = new Error('The iteration has ended');

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * Reads the result of a method within its `timeout`, however many pages that takes. A limit for each page would not
 * stop a service that keeps returning empty pages. Throws `store.timeout`.
 */
export async function withinTime<O extends OperationOptions, R>(
  options: O | undefined,
  read: (options: O | undefined) => Promise<R>,
): Promise<R> {
  checkOperation(options);
  if (options?.timeout === undefined) return read(options);
  const message = `The query took longer than its ${options.timeout} ms: all pages that it reads have them together.`;
  return withTimeLimit(options, message, (signal) => read({ ...options, signal }));
}
