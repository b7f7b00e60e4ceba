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

/** The default http client, with connections of its own: they stay open between requests, and closing ends them. */
export interface KeptConnections extends HttpClient {
  /** Ends those on which no request is under way. */
  closeIdle(): void;
  close(): void;
}

/** How much of the machine a store may take. */
export interface ConnectionLimits {
  /** Connections at most, and requests under way: others wait for their turn. */
  readonly maxSockets: number;
  /** Bytes of one answer at most. */
  readonly maxAnswerBytes: number;
}

/** A request that counts whether it was sent. */
type Counted = PipelineRequest & { readonly attempt?: Attempt | undefined };

/** The SDK's client takes it for every status. */
const ANY_STATUS: ReadonlySet<number> = new Set([Number.POSITIVE_INFINITY]);

/** Makes a client for one store. */
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
    // A proxy, or certificates of one's own, bring their agent.
    if (request.tlsSettings === undefined) request.agent ??= agent;
    return bySdk(request);
  }

  /** What is not simple the SDK sends; its answer is read here, because it would read one without end. */
  async function bySdk(request: PipelineRequest): Promise<PipelineResponse> {
    const { streamResponseStatusCodes } = request;
    let body: Readable | undefined;
    try {
      request.streamResponseStatusCodes = ANY_STATUS as Set<number>;
      const response = await unlessAborted(client.sendRequest(request), request.abortSignal);
      body = response.readableStreamBody as Readable | undefined; // in Node it is one
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

/** Ends with a signal: the SDK's client waits for ever for the answer of a connection that Node has closed, e.g. after status 101. */
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

/** Lets so many requests be under way at once; all others wait for their turn, in their order. */
class RequestTurns {
  #free: number;
  readonly #waiting = new Set<(error?: Error) => void>();

  constructor(most: number) {
    this.#free = most;
  }

  /** Resolves when it is a request's turn; `undefined` where it need not wait. Who has a turn ends it by {@link leave}. */
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

  /** Gives a turn to the request that has waited longest. */
  readonly leave = (): void => {
    const [next] = this.#waiting;
    if (next === undefined) this.#free++;
    else next();
  };

  /** Ends the wait of all: what has waited so far was never sent. */
  close(): void {
    for (const end of this.#waiting) {
      end(new EntitableError('store.closed', 'The store was closed before this request had its turn.', {}));
    }
  }
}
