import { request as requestPlain, type Agent, type ClientRequest, type IncomingHttpHeaders } from 'node:http';
import { request as requestSecure } from 'node:https';
import {
  RestError,
  createHttpHeaders,
  type HttpHeaders,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { requestStopped } from './request-message.js';
import type { Readable } from 'node:stream';

/**
 * Returns whether a request can be sent by `exchange`, because it needs no proxy, client certificate, compression,
 * progress callback or other special treatment. All requests for rows qualify, unless a policy changes them.
 */
export function isSimple(request: PipelineRequest): boolean {
  const { agent, body, url } = request;
  return (
    agent === undefined &&
    request.tlsSettings === undefined &&
    request.proxySettings === undefined &&
    request.requestOverrides === undefined &&
    request.onUploadProgress === undefined &&
    request.onDownloadProgress === undefined &&
    request.timeout === 0 &&
    request.disableKeepAlive !== true &&
    (body === undefined || body === null || typeof body === 'string' || Buffer.isBuffer(body)) &&
    request.method !== 'HEAD' &&
    !request.headers.has('Accept-Encoding') &&
    (request.allowInsecureConnection === true || url.startsWith('https:'))
  );
}

/** Settings for sending a request. */
export interface ExchangeSettings {
  readonly agent: Agent;
  readonly maxAnswerBytes: number;
  /** Called once, when both the request and its response have ended, successfully or not. */
  readonly ended: () => void;
}

/**
 * Sends a simple request with `node:http`, in about half the time of the SDK's HTTP client. `keptConnections` uses it
 * for every request for which `isSimple` holds.
 *
 * Why not the SDK's client: it prepares each request for proxies, streams, progress callbacks and compression, none of
 * which a request for rows needs. This exchange replaces only the last step: the SDK's pipeline, with its credential,
 * retry, tracing and custom policies, still runs before it. The figures for requests over a socket in
 * docs/performance.md include its effect.
 *
 * What keeps it safe: every other request goes to the SDK's client. `http-exchange.test.ts` covers aborts, broken
 * connections, streams, and the errors that policies receive. The fuzz test in `test/wrong-answers` lets the operations
 * receive 2,000 random responses with wrong statuses, headers and bodies, or broken connections. No operation may
 * succeed, or report a rejection that the service did not send.
 */
export function exchange(
  request: PipelineRequest,
  { agent, maxAnswerBytes, ended }: ExchangeSettings,
): Promise<PipelineResponse> {
  const { abortSignal: signal } = request;
  return new Promise((resolve, reject) => {
    let outgoing: ClientRequest;
    try {
      if (signal?.aborted === true) throw requestStopped();
      outgoing = opened(request, agent);
    } catch (error) {
      ended();
      throw error;
    }
    let isAnswered = false;
    outgoing.once('response', (incoming) => {
      isAnswered = true;
      incoming.once('close', release).on('error', ignore); // an error without a listener would crash the process
      const status = incoming.statusCode ?? 0;
      const answer = { request, status, headers: new ReceivedHeaders(incoming.headers) };
      if (request.streamResponseStatusCodes?.has(status) === true) resolve({ readableStreamBody: incoming, ...answer });
      else
        bytesOf(incoming, maxAnswerBytes).then((bytes) => resolve({ bodyAsText: bytes.toString(), ...answer }), reject);
    });
    const stop = (): void => void outgoing.destroy(requestStopped());
    let isOver = false;
    const release = (): void => {
      if (isOver) return;
      isOver = true;
      signal?.removeEventListener('abort', stop);
      ended();
    };
    signal?.addEventListener('abort', stop);
    // A response that switches protocols (status 101) was not requested. It counts as a response like any other, but
    // its connection cannot be reused.
    outgoing.once('upgrade', ({ statusCode: status = 0, headers }, socket) => {
      socket.destroy();
      release();
      resolve({ request, status, headers: new ReceivedHeaders(headers), bodyAsText: '' });
    });
    outgoing.once('close', () => {
      if (isAnswered) return; // the close event of the response calls `release`
      release();
      reject(new RestError('The connection was closed without an answer.', { code: 'ECONNRESET' }));
    });
    outgoing.on('error', (error) => {
      release();
      reject(asTheSdkHasIt(error));
    });
    outgoing.end(request.body as string | Buffer | undefined);
  });
}

function opened(request: PipelineRequest, agent: Agent): ClientRequest {
  const { method, headers } = request;
  const body = request.body as string | Buffer | null | undefined;
  const [{ open, hostname, port, host }, path] = addressOf(request.url);
  if (body !== undefined && body !== null && !headers.has('Content-Length')) {
    headers.set('Content-Length', Buffer.byteLength(body));
  }
  return open({ agent, method, hostname, port, path, headers: headerLines(headers, host) });
}

interface Origin {
  readonly text: string;
  readonly open: typeof requestPlain;
  readonly hostname: string;
  readonly port: string;
  readonly host: string;
}

/** Matches a path with query that `new URL()` would leave unchanged, so that it need not be parsed. */
const PLAIN_PATH = /^\/(?:[\w!$%&'()*+,\-:;=?@~]|\/(?!\/)|\.(?!\.))*$/;

/**
 * The origin of the previous request; nearly all requests go to the same origin. A module-level cache is harmless here:
 * its only entry depends on nothing but the text of the origin, and that text is compared before the entry is used.
 */
let last: Origin | undefined;

/** Splits a URL into its origin and its path with query. */
function addressOf(url: string): readonly [origin: Origin, path: string] {
  const end = url.indexOf('/', 'https://'.length);
  const path = url.slice(end);
  if (last?.text === url.slice(0, end) && PLAIN_PATH.test(path)) return [last, path];
  const { origin, protocol, hostname, port, host, pathname, search } = new URL(url);
  last = {
    // Uses `origin` and not the text up to the first slash, because without a path that slash may belong to the query.
    text: origin,
    open: protocol === 'https:' ? requestSecure : requestPlain,
    hostname: hostname.replace(/^\[|\]$/g, ''), // without the brackets of an IPv6 address
    port,
    host,
  };
  return [last, pathname + search];
}

/** Returns the headers as alternating names and values, the form that Node sends without copying. */
function headerLines(headers: HttpHeaders, host: string): string[] {
  const lines = headers.has('Host') ? [] : ['Host', host];
  for (const [name, value] of Object.entries(headers.toJSON({ preserveCase: true }))) lines.push(name, value);
  return lines;
}

function ignore(): void {}

/**
 * Converts a network error to the SDK's RestError, which retry policies recognise by its name and code. The error does
 * not contain the request, because the headers of the request contain secrets.
 */
function asTheSdkHasIt(error: Error & { readonly code?: string }): Error {
  const { name, message, code = RestError.REQUEST_SEND_ERROR } = error;
  return name === 'AbortError' ? error : new RestError(message, { code });
}

/**
 * Response headers in the form that the SDK's pipeline expects. Usually only a few are read, so they are copied from
 * Node's headers object only when one is changed or all are listed.
 */
class ReceivedHeaders implements HttpHeaders {
  readonly #received: IncomingHttpHeaders;
  #all: HttpHeaders | undefined;

  constructor(received: IncomingHttpHeaders) {
    this.#received = received;
  }

  get(name: string): string | undefined {
    return this.#all === undefined ? first(this.#received[name.toLowerCase()]) : this.#all.get(name);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  set(name: string, value: string | number | boolean): void {
    this.#copied().set(name, value);
  }

  delete(name: string): void {
    this.#copied().delete(name);
  }

  toJSON(options?: { readonly preserveCase?: boolean }): Record<string, string> {
    return this.#copied().toJSON(options);
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return this.#copied()[Symbol.iterator]();
  }

  #copied(): HttpHeaders {
    if (this.#all === undefined) {
      this.#all = createHttpHeaders();
      for (const [name, value] of Object.entries(this.#received)) {
        const text = first(value);
        if (text !== undefined) this.#all.set(name, text);
      }
    }
    return this.#all;
  }
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

/** Thrown for a response that exceeds the maximum size. The rest of the response is not read. */
export class AnswerTooLarge extends Error {
  /** Distinguishes this error from failures that a retry may fix. */
  readonly code = 'ANSWER_TOO_LARGE';

  constructor(most: number) {
    super(`The answer has more than ${most} bytes.`);
    this.name = 'AnswerTooLarge';
  }
}

/**
 * Reads a stream to its end. If it has more than `most` bytes, the stream is destroyed and `AnswerTooLarge` is thrown.
 */
export function bytesOf(stream: Readable, most: number): Promise<Buffer> {
  // A stream that failed earlier emits no further error event.
  if (stream.destroyed && !stream.readableEnded) return Promise.reject(stream.errored ?? brokenOff());
  return new Promise((resolve, reject) => {
    let parts: Buffer[] = [];
    let left = most;
    stream
      .on('data', (part: Buffer | string) => {
        const bytes = typeof part === 'string' ? Buffer.from(part) : part;
        left -= bytes.length;
        if (left >= 0) {
          parts.push(bytes);
        } else {
          parts = [];
          reject(new AnswerTooLarge(most));
          stream.destroy();
        }
      })
      .once('end', () => resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts)))
      .on('error', reject)
      .once('close', () => {
        if (!stream.readableEnded) reject(brokenOff());
      });
  });
}

function brokenOff(): Error {
  return new Error('The answer broke off.');
}
