import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type { Readable } from 'node:stream';
import {
  createDefaultHttpClient,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { exchange, isSimple, bytesOf } from './http-exchange.js';
import { requestStopped, type Attempt } from './request-message.js';
import { EntitableError } from '../../../errors/entitable-error.js';

/**
 * An HTTP client for one store, with connections of its own. They stay open between requests until the store is closed.
 */
export interface KeptConnections extends HttpClient {
  /** Closes connections on which no request is in flight. */
  closeIdle(): void;
  close(): void;
}

/** Limits on the resources that a store may use. */
export interface ConnectionLimits {
  /** Maximum number of connections, and of requests in flight. Further requests wait. */
  readonly maxSockets: number;
  /** Maximum size of a response, in bytes. */
  readonly maxAnswerBytes: number;
}

/** A request that records whether it was sent. */
type Counted = PipelineRequest & { readonly attempt?: Attempt | undefined };

/**
 * A value of `streamResponseStatusCodes` that makes the SDK's client return every response as a stream, whatever its
 * status.
 */
const ANY_STATUS: ReadonlySet<number> = new Set([Number.POSITIVE_INFINITY]);

/**
 * Creates the client of one store. Requests that `isSimple` accepts, such as all requests for rows, are sent by
 * `exchange`; all others by the SDK's client.
 */
export function keptConnections({ maxSockets, maxAnswerBytes }: ConnectionLimits): KeptConnections {
  const client = createDefaultHttpClient();
  const plain = new Agent({ keepAlive: true, maxSockets });
  const secure = new SecureAgent({ keepAlive: true, maxSockets });
  const turns = new RequestTurns(maxSockets);
  return {
    sendRequest(request) {
      const turn = turns.enter(request.abortSignal);
      return turn === undefined ? send(request) : turn.then(() => send(request));
    },
    closeIdle() {
      for (const { freeSockets } of [plain, secure]) {
        for (const socket of Object.values(freeSockets).flat()) socket?.destroy();
      }
    },
    close() {
      turns.close();
      plain.destroy();
      secure.destroy();
    },
  };

  function send(request: Counted): Promise<PipelineResponse> {
    if (request.attempt !== undefined) request.attempt.sent = true;
    const agent = request.url.startsWith('https:') ? secure : plain;
    if (isSimple(request)) return exchange(request, { agent, maxAnswerBytes, ended: turns.leave });
    // A request through a proxy already has an agent; for a request with its own certificates, the SDK creates one.
    if (request.tlsSettings === undefined) request.agent ??= agent;
    return bySdk(request);
  }

  /**
   * Sends a request with the SDK's client. Its response is requested as a stream and read here, because the SDK's
   * client reads responses without a size limit.
   */
  async function bySdk(request: PipelineRequest): Promise<PipelineResponse> {
    const { streamResponseStatusCodes } = request;
    let body: Readable | undefined;
    try {
      request.streamResponseStatusCodes = ANY_STATUS as Set<number>;
      const response = await unlessAborted(client.sendRequest(request), request.abortSignal);
      body = response.readableStreamBody as Readable | undefined; // in Node it is a Readable
      if (body === undefined || streamResponseStatusCodes?.has(response.status) === true) return response;
      const { readableStreamBody: _, ...head } = response;
      return { ...head, bodyAsText: (await bytesOf(body, maxAnswerBytes)).toString() };
    } finally {
      if (streamResponseStatusCodes === undefined) delete request.streamResponseStatusCodes;
      else request.streamResponseStatusCodes = streamResponseStatusCodes;
      if (body === undefined || body.closed) turns.leave();
      else body.once('close', turns.leave);
    }
  }
}

/**
 * Returns a promise for `answer` that rejects as soon as the signal is aborted. Without this, the SDK's client would
 * wait forever for the response on a connection that Node has closed, e.g. after status 101.
 */
function unlessAborted<T>(answer: Promise<T>, signal: PipelineRequest['abortSignal']): Promise<T> {
  if (signal === undefined) return answer;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(requestStopped());
    signal.addEventListener('abort', stop);
    const forget = (): void => signal.removeEventListener('abort', stop);
    answer.finally(forget).then(resolve, reject);
  });
}

type Signal = PipelineRequest['abortSignal'];

/** Limits the number of requests in flight. Further requests wait in the order in which they arrive. */
class RequestTurns {
  #free: number;
  readonly #waiting = new Set<(error?: Error) => void>();

  constructor(most: number) {
    this.#free = most;
  }

  /**
   * Resolves when the request may be sent; returns `undefined` if it need not wait. The caller must call {@link leave}
   * when the request has ended.
   */
  enter(signal: Signal): Promise<void> | undefined {
    if (this.#free > 0) {
      this.#free--;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const stop = (): void => end(requestStopped());
      const end = (error?: Error): void => {
        this.#waiting.delete(end);
        signal?.removeEventListener('abort', stop);
        if (error === undefined) resolve();
        else reject(error);
      };
      this.#waiting.add(end);
      signal?.addEventListener('abort', stop);
    });
  }

  /** Records that a request has ended, and lets the request that has waited longest be sent in its place. */
  readonly leave = (): void => {
    const [next] = this.#waiting;
    if (next === undefined) this.#free++;
    else next();
  };

  /** Rejects all waiting requests, none of which was sent. */
  close(): void {
    for (const end of this.#waiting) {
      end(new EntitableError('store.closed', 'The store was closed before this request had its turn.', {}));
    }
  }
}
