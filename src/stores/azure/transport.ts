import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type Pipeline,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import type { WireRequest } from './wire-request.js';

/** One try to send a write. */
export interface Attempt {
  /** Whether the request was handed to the http client: from then on the service may have carried it out. */
  sent: boolean;
}

type Send = (request: PipelineRequest) => Promise<PipelineResponse>;
type TrackedRequest = PipelineRequest & { attempt?: Attempt };

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

/**
 * Sends requests through an SDK client's own pipeline, so that its credential, tracing, proxy and custom policies keep working. Writes
 * leave out its retries, which would turn a lost answer into a false conflict.
 */
export class Transport {
  readonly #read: Send;
  readonly #write: Send;
  readonly #query: string;

  /**
   * @param query What the client appends to every URL, e.g. a signature it was given in its own URL.
   * @param retries Whether reads are tried again as the pipeline's retry policy says.
   */
  constructor(pipeline: Pipeline, httpClient: HttpClient, query: string, retries: boolean) {
    const last: Send = (request: TrackedRequest) => {
      if (request.attempt !== undefined) request.attempt.sent = true;
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
  }

  /** Sends a read; a failure on its way is tried again as the pipeline's retry policy says. */
  read(wire: WireRequest, signal: AbortSignal | undefined): Promise<PipelineResponse> {
    return this.#read(this.#request(wire, signal));
  }

  /** Sends a read and resolves as soon as the headers are there; the body of a 200 follows as a stream. */
  stream(wire: WireRequest, signal: AbortSignal | undefined): Promise<PipelineResponse> {
    const request = this.#request(wire, signal);
    request.streamResponseStatusCodes = STREAMED as Set<number>;
    return this.#read(request);
  }

  /** Sends a write once. */
  write(wire: WireRequest, signal: AbortSignal | undefined, attempt: Attempt): Promise<PipelineResponse> {
    const request: TrackedRequest = this.#request(wire, signal);
    request.attempt = attempt;
    return this.#write(request);
  }

  #request({ method, url, headers, body }: WireRequest, signal: AbortSignal | undefined): PipelineRequest {
    const query = this.#query;
    const request = createPipelineRequest({
      method,
      url: query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`,
      headers: createHttpHeaders(headers),
      allowInsecureConnection: url.startsWith('http:'),
    });
    // Bytes: the length of a text is counted by the policy that signs, and counted and encoded again by the http client.
    if (body !== undefined) request.body = Buffer.from(body);
    if (signal !== undefined) request.abortSignal = signal;
    return request;
  }
}

/** Puts the policies of a pipeline around a sender, once for all requests. */
function compose(pipeline: Pipeline, last: Send): Send {
  return pipeline
    .getOrderedPolicies()
    .reduceRight<Send>((next, policy) => (request) => policy.sendRequest(request, next), last);
}
