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

/** Policies that requests built here do without. */
const LEFT_OUT = [
  // They serve operations that the SDK describes, or signals that are none of the platform's.
  'serializationPolicy',
  'deserializationPolicy',
  'formDataPolicy',
  'multipartPolicy',
  'wrapAbortSignalLikePolicy',
  'tablesSecondaryEndpointPolicy',
  // It asks for compressed answers, and the http client waits for ever for the end of one that broke off.
  'decompressResponsePolicy',
];

const STREAMED: ReadonlySet<number> = new Set([200]);

/** How requests are sent. */
export interface TransportSettings {
  readonly pipeline: Pipeline;
  readonly httpClient: HttpClient;
  /** Whether somebody else wrote the http client: then signals are the platform's. */
  readonly foreign: boolean;
  /** What the client appends to every URL, e.g. a signature it was given in its own URL. */
  readonly query: string;
  /** Whether reads are tried again as the pipeline's retry policy says. */
  readonly retries: boolean;
}

/**
 * Sends requests through an SDK client's own pipeline, so that its credential, tracing, proxy and custom policies keep working. Writes
 * leave out its retries, which would turn a lost answer into a false conflict.
 */
export class Transport {
  readonly #read: Send;
  readonly #write: Send;
  readonly #query: string;
  readonly #foreign: boolean;

  constructor({ pipeline, httpClient, foreign, query, retries }: TransportSettings) {
    const last: Send = (request: PipelineRequest & { readonly attempt?: Attempt | undefined }) => {
      if (foreign && request.attempt !== undefined) request.attempt.sent = true; // the own one knows when
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

  /** Sends a read; a failure on its way is tried again as the pipeline's retry policy says. */
  read(wire: WireRequest, stop: StopSignal | undefined): Promise<PipelineResponse> {
    return this.#read(this.#message(wire, stop));
  }

  /** Sends a read and resolves as soon as the headers are there; the body of a 200 follows as a stream. */
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
      // Bytes: the length of a text is counted by the policy that signs, and counted and encoded again by the http client.
      body: typeof body === 'string' ? Buffer.from(body) : body,
      stop,
      platformSignal: this.#foreign,
      attempt,
    });
  }
}

/** Puts the policies of a pipeline around a sender, once for all requests. */
function compose(pipeline: Pipeline, last: Send): Send {
  return pipeline.getOrderedPolicies().reduceRight<Send>((next, policy) => {
    const send: Send = (request) => policy.sendRequest(request, next);
    // It makes a span, and then finds that nobody records it.
    return policy.name === 'tracingPolicy' ? (request) => (isTraced() ? send(request) : next(request)) : send;
  }, last);
}

const tracing = createTracingClient({ namespace: 'Microsoft.Tables', packageName: 'entitable' });

/** Any header of this kind will do. */
const TRACE_PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/** Whether an instrumenter is registered: the SDK's own, which does nothing, cannot read the header of a trace. */
function isTraced(): boolean {
  return tracing.parseTraceparentHeader(TRACE_PARENT) !== undefined;
}
