import { setImmediate } from 'node:timers/promises';

/** Items read without giving timers and sockets a turn. */
const TURN = 256;

/** What a bulk verb takes: anything that yields items one by one. It is asked for the next only when there is room for it. */
export type Items<I> = Iterable<I> | AsyncIterable<I>;

/** An item and its place in the input. */
export interface ReadItem<I> {
  readonly index: number;
  readonly item: I;
}

type Next<I> = ReadItem<I> | undefined;

/** Reads items one by one, when they are asked for; a wait for the next can be given up. */
export class ItemReader<I> {
  readonly #items: Iterator<I> | AsyncIterator<I>;
  #read = 0;
  #giveUp: (() => void) | undefined;

  constructor(items: Items<I>) {
    this.#items = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  }

  /** Items read so far. */
  get read(): number {
    return this.#read;
  }

  /** The next item, at once where it is at hand; `undefined` at the end, or when the wait was given up. */
  next(): Next<I> | Promise<Next<I>> {
    return this.#read % TURN === TURN - 1 ? setImmediate().then(() => this.#ask()) : this.#ask();
  }

  /** Ends a wait that is under way. */
  giveUp(): void {
    this.#giveUp?.();
  }

  /** Tells the source that no more is wanted; it is not waited for, because it may be waiting itself. */
  close(): void {
    void Promise.resolve(this.#items.return?.()).catch(() => undefined); // its error has nobody left to concern
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
