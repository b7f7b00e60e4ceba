import type { Page } from './query.js';

/** Pages whose iteration can be ended early. */
type Pages<R> = Required<Pick<AsyncIterator<Page<R>, unknown, undefined>, 'next' | 'return'>>;

/**
 * Iterates over the items of pages. Items that have arrived are returned immediately, unlike in an async generator,
 * which awaits several promises for each item.
 */
export class ItemIterator<R> implements AsyncIterableIterator<R, undefined> {
  readonly #pages: Pages<R>;
  #items: readonly R[] = [];
  #next = 0;
  #arriving: Promise<unknown> | undefined;
  #waiting = 0;

  constructor(pages: Pages<R>) {
    this.#pages = pages;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<R, undefined>> {
    if (this.#arriving === undefined && this.#next < this.#items.length) {
      return Promise.resolve({ done: false, value: this.#items[this.#next++]! });
    }
    // Calls of next() that are made before the previous call has settled are served in order.
    this.#waiting++;
    const turn = (this.#arriving ?? Promise.resolve()).then(() => this.#fromNextPage());
    this.#arriving = turn.catch(() => undefined);
    return turn;
  }

  async return(): Promise<IteratorResult<R, undefined>> {
    this.#items = [];
    await this.#pages.return();
    return { done: true, value: undefined };
  }

  async #fromNextPage(): Promise<IteratorResult<R, undefined>> {
    try {
      while (this.#next >= this.#items.length) {
        const { done, value } = await this.#pages.next();
        if (done === true) return { done: true, value: undefined };
        this.#items = value.items;
        this.#next = 0;
      }
      return { done: false, value: this.#items[this.#next++]! };
    } finally {
      if (--this.#waiting === 0) this.#arriving = undefined;
    }
  }
}
