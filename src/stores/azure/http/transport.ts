import {
  createHttpHeaders,
  type HttpClient,
  type Pipeline,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { RequestMessage, type Attempt, type StopSignal } from './request-message.js';
import type { WireRequest } from '../requests/wire-request.js';
import { createTracingClient } from '@azure/core-tracing';

type Send = (request: PipelineRequest) => Promise<PipelineResponse>;

/** Policies that are removed from the pipeline, because requests built here do not need them. */
const LEFT_OUT = [
  // These serve features of the SDK's clients that are not used here, such as operation descriptions and forms.
  'serializationPolicy',
  'deserializationPolicy',
  'formDataPolicy',
  'multipartPolicy',
  'wrapAbortSignalLikePolicy',
  'tablesSecondaryEndpointPolicy',
  // This one requests compressed responses, and the SDK's HTTP client waits forever for the end of a compressed
  // response that breaks off.
  'decompressResponsePolicy',
];

const STREAMED: ReadonlySet<number> = new Set([200]);

/** Settings for sending requests. */
export interface TransportSettings {
  readonly pipeline: Pipeline;
  readonly httpClient: HttpClient;
  /** True if the application passed in its own HTTP client, which may need a real `AbortSignal`. */
  readonly foreign: boolean;
  /**
   * Query options that are appended to every URL, e.g. the SAS in the URL of an SDK client that the application passed
   * in.
   */
  readonly query: string;
  /** True if failed reads are retried, by the pipeline's retry policy. */
  readonly retries: boolean;
}

/**
 * Sends requests through the pipeline of an SDK client, so that its credential, tracing, proxy and custom policies
 * apply. Writes skip its retry policies: a retried write whose first response was lost would report a conflict with
 * itself.
 */
export class Transport {
  readonly #read: Send;
  readonly #write: Send;
  readonly #query: string;
  readonly #foreign: boolean;

  constructor({ pipeline, httpClient, foreign, query, retries }: TransportSettings) {
    const last: Send = (request: PipelineRequest & { readonly attempt?: Attempt | undefined }) => {
      if (foreign && request.attempt !== undefined) request.attempt.sent = true; // the store's own client sets it later
      return httpClient.sendRequest(request);
    };
    const reads = pipeline.clone();
    for (const name of LEFT_OUT) reads.removePolicy({ name });
    const writes = reads.clone();
    writes.removePolicy({ phase: 'Retry' });
    if (!retries) reads.removePolicy({ phase: 'Retry' });
    this.#read = compose(reads, last);
    this.#write = compose(writes, last);
    this.#query = query;
    this.#foreign = foreign;
  }

  /** Sends a read. The pipeline's retry policy repeats it if it fails, unless retries are turned off. */
  read(wire: WireRequest, stop: StopSignal | undefined): Promise<PipelineResponse> {
    return this.#read(this.#message(wire, stop));
  }

  /**
   * Sends a read. If the status is 200, resolves when the headers have arrived, and the body follows as a stream.
   * Otherwise, resolves with the whole body.
   */
  stream(wire: WireRequest, stop: StopSignal | undefined): Promise<PipelineResponse> {
    const message = this.#message(wire, stop);
    message.streamResponseStatusCodes = STREAMED as Set<number>;
    return this.#read(message);
  }

  /** Sends a write once. */
  write(wire: WireRequest, stop: StopSignal | undefined, attempt: Attempt): Promise<PipelineResponse> {
    return this.#write(this.#message(wire, stop, attempt));
  }

  #message(
    { method, url, headers, body }: WireRequest,
    stop: StopSignal | undefined,
    attempt?: Attempt,
  ): RequestMessage {
    const query = this.#query;
    return new RequestMessage({
      method,
      url: query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`,
      headers: createHttpHeaders(headers),
      // Bytes, because both the signing policy and the HTTP client would measure and encode a string again.
      body: typeof body === 'string' ? Buffer.from(body) : body,
      stop,
      platformSignal: this.#foreign,
      attempt,
    });
  }
}

/**
 * Returns a function that passes a request through the pipeline's policies and then to `last`. It is composed once and
 * serves all requests.
 */
function compose(pipeline: Pipeline, last: Send): Send {
  return pipeline.getOrderedPolicies().reduceRight<Send>((next, policy) => {
    const send: Send = (request) => policy.sendRequest(request, next);
    // The tracing policy creates a span even if nothing records it, so it is skipped unless tracing is set up.
    return policy.name === 'tracingPolicy' ? (request) => (isTraced() ? send(request) : next(request)) : send;
  }, last);
}

const tracing = createTracingClient({ namespace: 'Microsoft.Tables', packageName: 'entitable' });

/** A traceparent header that `isTraced` parses; any valid one would do. */
const TRACE_PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/**
 * Returns whether a tracing instrumenter is registered. The SDK's default instrumenter, which does nothing, cannot
 * parse a traceparent header.
 */
function isTraced(): boolean {
  return tracing.parseTraceparentHeader(TRACE_PARENT) !== undefined;
}
