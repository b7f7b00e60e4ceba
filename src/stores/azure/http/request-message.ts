import { randomUUID } from 'node:crypto';
import type { HttpHeaders, HttpMethods, PipelineRequest } from '@azure/core-rest-pipeline';

type Signal = NonNullable<PipelineRequest['abortSignal']>;

/** One try to send a write. */
export interface Attempt {
  /** Whether the request has had its turn with the http client: from then on the service may have carried it out. */
  sent: boolean;
}

/** What a message is made of. */
export interface MessageParts {
  readonly method: HttpMethods;
  readonly url: string;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array | undefined;
  readonly stop: StopSignal | undefined;
  /** Whether its signal must be one of the platform, as an http client that somebody else wrote may want. */
  readonly platformSignal: boolean;
  readonly attempt: Attempt | undefined;
}

/** A request on its way through a pipeline: one of the SDK's, but for its signal, which is made when it is asked for. */
export class RequestMessage implements PipelineRequest {
  url: string;
  method: HttpMethods;
  headers: HttpHeaders;
  body?: NonNullable<PipelineRequest['body']>;
  timeout = 0;
  withCredentials = false;
  requestId: string = randomUUID();
  allowInsecureConnection: boolean;
  streamResponseStatusCodes?: Set<number>;
  readonly attempt: Attempt | undefined;
  readonly #stop: StopSignal | undefined;
  readonly #platformSignal: boolean;
  #signal: Signal | undefined;

  constructor({ method, url, headers, body, stop, platformSignal, attempt }: MessageParts) {
    this.url = url;
    this.method = method;
    this.headers = headers;
    if (body !== undefined) this.body = body;
    this.allowInsecureConnection = url.startsWith('http:');
    this.attempt = attempt;
    this.#stop = stop;
    this.#platformSignal = platformSignal;
  }

  /** May be undefined, which the type of an accessor cannot say. */
  get abortSignal(): Signal {
    return (this.#signal ??= this.#platformSignal ? this.#stop?.platform : this.#stop)!;
  }

  set abortSignal(signal: Signal) {
    this.#signal = signal;
  }
}

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
