/** A page that states whether a further page follows. */
interface ContinuedPage {
  /** Absent on the last page. */
  readonly continuation?: string | undefined;
}

/** Reason for which an iteration ended: it read the last page, `return` was called, or reading failed. */
export type IterationEnd = 'last page' | 'return' | 'error';

/**
 * Base of iterators whose pages must be read one after the other: calls of `next` that do not wait for one another take
 * turns, and `return` ends the call that is under way without waiting for it. An async generator would queue `return`
 * behind that call. Used by the scans of the Azure store and by those that are retried.
 */
export abstract class SerialIterator<P extends ContinuedPage> implements AsyncIterator<P, undefined> {
  #hasEnded = false;
  #turn: Promise<unknown> = Promise.resolve();

  /** Reads the next page; `undefined` if there is none. Called again only once the promise is settled. */
  protected abstract read(): Promise<P | undefined>;

  /** Releases what the iteration holds. Called once, with the error of `read` if that ended it. */
  protected abstract ended(by: IterationEnd, failure?: unknown): void;

  /** True once nothing more is wanted; it can become true while `read` waits. */
  protected get hasEnded(): boolean {
    return this.#hasEnded;
  }

  next(): Promise<IteratorResult<P, undefined>> {
    const result = this.#turn.then(() => this.#advance());
    this.#turn = result.catch(ignore); // the error goes to this caller; the next call returns the end
    return result;
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#end('return');
    return Promise.resolve(END);
  }

  async #advance(): Promise<IteratorResult<P, undefined>> {
    if (this.#hasEnded) return END;
    try {
      const page = await this.read();
      if (this.#hasEnded) return END; // return() came first
      if (page?.continuation === undefined) this.#end('last page');
      return page === undefined ? END : { done: false, value: page };
    } catch (error) {
      if (this.#hasEnded) return END; // ended by return(), so the outcome of read() does not matter
      this.#end('error', error);
      throw error;
    }
  }

  #end(by: IterationEnd, failure?: unknown): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.ended(by, failure);
  }
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

function ignore(): void {}
