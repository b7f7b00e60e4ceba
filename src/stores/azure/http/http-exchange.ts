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
 * Whether a request asks for nothing but to be sent: no proxy or certificate of its own, no compression, no progress. Requests for rows
 * are all of this kind, unless a policy makes them another.
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

/** What a request is sent with. */
export interface ExchangeSettings {
  readonly agent: Agent;
  readonly maxAnswerBytes: number;
  /** Is called once, when the request and its answer have ended, well or badly. */
  readonly ended: () => void;
}

/**
 * Sends a simple request, as the SDK's http client does, without what that makes for each request to serve all others too: it takes
 * about half of its time.
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
      incoming.once('close', release).on('error', ignore); // whoever reads it is told; until then nobody is
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
    // Nobody asked for another protocol: it is an answer like others, and the connection is of no more use.
    outgoing.once('upgrade', ({ statusCode: status = 0, headers }, socket) => {
      socket.destroy();
      release();
      resolve({ request, status, headers: new ReceivedHeaders(headers), bodyAsText: '' });
    });
    outgoing.once('close', () => {
      if (isAnswered) return; // its end is the answer's
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

/** Needs nothing that URL does to a path. */
const PLAIN_PATH = /^\/(?:[\w!$%&'()*+,\-:;=?@~]|\/(?!\/)|\.(?!\.))*$/;

/** That of the request before: nearly all go to the same one. */
let last: Origin | undefined;

/** Where a request goes, and what it asks for there. */
function addressOf(url: string): readonly [origin: Origin, path: string] {
  const end = url.indexOf('/', 'https://'.length);
  const path = url.slice(end);
  if (last?.text === url.slice(0, end) && PLAIN_PATH.test(path)) return [last, path];
  const { origin, protocol, hostname, port, host, pathname, search } = new URL(url);
  last = {
    text: origin, // not what stands before the first slash, which may be one of the query
    open: protocol === 'https:' ? requestSecure : requestPlain,
    hostname: hostname.replace(/^\[|\]$/g, ''), // of an IPv6 address, which stands in brackets in a URL alone
    port,
    host,
  };
  return [last, pathname + search];
}

/** Names and values in turn, which Node writes as they are. */
function headerLines(headers: HttpHeaders, host: string): string[] {
  const lines = headers.has('Host') ? [] : ['Host', host];
  for (const [name, value] of Object.entries(headers.toJSON({ preserveCase: true }))) lines.push(name, value);
  return lines;
}

function ignore(): void {}

/** Policies that try again know by its kind and its code what happened. It is without the request, whose headers hold secrets. */
function asTheSdkHasIt(error: Error & { readonly code?: string }): Error {
  const { name, message, code = RestError.REQUEST_SEND_ERROR } = error;
  return name === 'AbortError' ? error : new RestError(message, { code });
}

/** The headers of an answer, as the SDK's pipeline takes them. Few are asked for, so that they are left where Node has them until one is changed. */
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

/** An answer of which so much has come that it is not read to its end. */
export class AnswerTooLarge extends Error {
  /** Tells it from failures that another try may mend. */
  readonly code = 'ANSWER_TOO_LARGE';

  constructor(most: number) {
    super(`The answer has more than ${most} bytes.`);
    this.name = 'AnswerTooLarge';
  }
}

/** All that a stream gives. One that gives more than `most` bytes is ended: throws `AnswerTooLarge`. */
export function bytesOf(stream: Readable, most: number): Promise<Buffer> {
  // One that has failed before it was read tells nobody again.
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
