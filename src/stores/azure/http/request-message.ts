import { randomUUID } from 'node:crypto';
import type { HttpHeaders, HttpMethods, PipelineRequest } from '@azure/core-rest-pipeline';

type Signal = NonNullable<PipelineRequest['abortSignal']>;

/** One attempt to send a write. */
export interface Attempt {
  /** True once the HTTP client has started to send the request. From then on, the service may have carried it out. */
  sent: boolean;
}

/** Properties of a new request. */
export interface MessageParts {
  readonly method: HttpMethods;
  readonly url: string;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array | undefined;
  readonly stop: StopSignal | undefined;
  /**
   * True if the signal must be a real `AbortSignal`, because the HTTP client is not the library's own and may need one.
   */
  readonly platformSignal: boolean;
  readonly attempt: Attempt | undefined;
}

/**
 * A request in the form that the policies of the SDK's pipeline process. A real `AbortSignal` is created only if the
 * HTTP client may need one (`platformSignal`), and only when `abortSignal` is read.
 */
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

  /** Signal that stops the request. It may be undefined, although the type of an accessor cannot declare that. */
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
 * Signals to a request that its caller no longer waits for it. It implements only the part of `AbortSignal` that the
 * SDK uses, because creating a real `AbortSignal` takes as long as everything else that is done to send a request.
 * `platform` returns a real one.
 */
export class StopSignal implements AbortSignalLike {
  #aborted = false;
  #listeners: Set<Listener> | undefined;
  #platform: AbortController | undefined;

  get aborted(): boolean {
    return this.#aborted;
  }

  /** The equivalent `AbortSignal` of the platform, e.g. for `fetch`. Created on first use. */
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

  /** Triggers the signal: notifies all listeners, at most once. */
  stop(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    for (const listener of this.#listeners ?? []) listener.call(this, { type: 'abort' });
    this.#listeners = undefined;
    this.#platform?.abort();
  }
}

/** Creates the error of a stopped request. Policies and the SDK recognise it by its name. */
export function requestStopped(): Error {
  return Object.assign(new Error('The request was stopped.'), { name: 'AbortError' });
}
