import type { PipelineRequest } from '@azure/core-rest-pipeline';

type AbortSignalLike = NonNullable<PipelineRequest['abortSignal']>;
type Listener = (this: AbortSignalLike, event: unknown) => void;

/**
 * Tells a request that nobody waits for it any more. It is as much of an AbortSignal as the SDK asks for, since one of the platform
 * costs as much as the rest of a request; `platform` gives one to those who need it.
 */
export class StopSignal implements AbortSignalLike {
  #aborted = false;
  #listeners: Set<Listener> | undefined;
  #platform: AbortController | undefined;

  get aborted(): boolean {
    return this.#aborted;
  }

  /** The same as a signal of the platform, e.g. for `fetch`. Made when it is asked for. */
  get platform(): AbortSignal {
    if (this.#platform === undefined) {
      this.#platform = new AbortController();
      if (this.#aborted) this.#platform.abort();
    }
    return this.#platform.signal;
  }

  addEventListener(_type: 'abort', listener: Listener): void {
    (this.#listeners ??= new Set()).add(listener);
  }

  removeEventListener(_type: 'abort', listener: Listener): void {
    this.#listeners?.delete(listener);
  }

  /** Tells everybody who listens; once. */
  stop(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    for (const listener of this.#listeners ?? []) listener.call(this, { type: 'abort' });
    this.#listeners = undefined;
    this.#platform?.abort();
  }
}

/** The error of a request that its signal has stopped, as policies and the SDK know it: by its name. */
export function requestStopped(): Error {
  return Object.assign(new Error('The request was stopped.'), { name: 'AbortError' });
}
