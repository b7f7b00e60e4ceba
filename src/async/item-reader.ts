import { setImmediate } from 'node:timers/promises';

/** Number of items to read before the event loop gets the opportunity to handle timers and sockets. */
const TURN = 256;

/**
 * Input of a bulk operation such as `insertMany`: anything that yields items one by one. The next item is requested
 * only when the operation has capacity for it.
 */
export type Items<I> = Iterable<I> | AsyncIterable<I>;

/** An item and its position in the input. */
export interface ReadItem<I> {
  readonly index: number;
  readonly item: I;
}

type Next<I> = ReadItem<I> | undefined;

/** Reads the input of a bulk operation one item at a time. A pending wait for the next item can be given up. */
export class ItemReader<I> {
  readonly #items: Iterator<I> | AsyncIterator<I>;
  #read = 0;
  #giveUp: (() => void) | undefined;

  constructor(items: Items<I>) {
    this.#items = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  }

  /** Number of items read so far. */
  get read(): number {
    return this.#read;
  }

  /**
   * Returns the next item, or `undefined` at the end of the input or if `giveUp` ended the wait. The result is a
   * promise only if the input is asynchronous, or if timers and sockets are to be handled first.
   */
  next(): Next<I> | Promise<Next<I>> {
    return this.#read % TURN === TURN - 1 ? setImmediate().then(() => this.#ask()) : this.#ask();
  }

  /** Ends a pending wait for the next item, which then resolves to `undefined`. */
  giveUp(): void {
    this.#giveUp?.();
  }

  /** Closes the input. Does not wait until it is closed, because an asynchronous input may itself be waiting. */
  close(): void {
    this.#close().catch(() => undefined); // nobody is left to receive its error
  }

  /** Async, so that an input whose `return` throws at once rejects like one that is asynchronous. */
  async #close(): Promise<void> {
    await this.#items.return?.();
  }

  #ask(): Next<I> | Promise<Next<I>> {
    const answer = this.#items.next();
    return 'then' in answer ? this.#unlessGivenUp(answer).then((given) => this.#given(given)) : this.#given(answer);
  }

  #given(answer: IteratorResult<I> | undefined): Next<I> {
    return answer === undefined || answer.done === true ? undefined : { index: this.#read++, item: answer.value };
  }

  #unlessGivenUp(answer: Promise<IteratorResult<I>>): Promise<IteratorResult<I> | undefined> {
    return new Promise((resolve, reject) => {
      this.#giveUp = () => resolve(undefined);
      answer.then(resolve, reject);
    });
  }
}
