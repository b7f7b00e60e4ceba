import { randomUUID } from 'node:crypto';
import type { HttpHeaders, HttpMethods, PipelineRequest } from '@azure/core-rest-pipeline';
import type { StopSignal } from './stop-signal.js';

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
