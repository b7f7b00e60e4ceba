/** A page that states whether a further page follows. */
interface ContinuedPage {
  /** Absent on the last page. */
  readonly continuation?: string | undefined;
}

/** Reason for which an iteration ended: it read the last page, `return` was called, or reading failed. */
export type IterationEnd = 'last page' | 'return' | 'error';

/**
 * Base of iterators whose pages must be read one after the other: overlapping calls of `next` run in turn, and `return`
 * ends the call in flight without waiting for it. An async generator would queue `return` behind that call. Used by the
 * scans of the Azure store and by scans with retries.
 */
export abstract class SerialIterator<P extends ContinuedPage> implements AsyncIterator<P, undefined> {
  #hasEnded = false;
  #turn: Promise<unknown> = Promise.resolve();

  /** Reads the next page; `undefined` if there is none. Not called again before the promise is settled. */
  protected abstract read(): Promise<P | undefined>;

  /**
   * Releases the resources of the iteration. Called once, when the iteration ends; if reading failed, `failure` is the
   * error that `read` threw.
   */
  protected abstract ended(by: IterationEnd, failure?: unknown): void;

  /** True once the iteration has ended. A call of `return` can make it true while `read` is waiting. */
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
