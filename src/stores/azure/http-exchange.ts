import { request as requestPlain, type Agent, type IncomingMessage } from 'node:http';
import { request as requestSecure } from 'node:https';
import {
  createHttpHeaders,
  type HttpHeaders,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { bytesOf } from './stream-bytes.js';

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

/**
 * Sends a simple request, as the SDK's http client does, without what that makes for each request to serve all others too: it takes
 * about half of its time.
 */
export function exchange(request: PipelineRequest, agent: Agent): Promise<PipelineResponse> {
  const { method, headers, abortSignal: signal } = request;
  const body = (request.body as string | Buffer | null | undefined) ?? undefined;
  const { protocol, hostname, port, pathname, search } = new URL(request.url);
  if (body !== undefined && !headers.has('Content-Length')) headers.set('Content-Length', Buffer.byteLength(body));
  const options = {
    agent,
    method,
    hostname: hostname.replace(/^\[|\]$/g, ''), // of an IPv6 address, which stands in brackets in a URL alone
    port,
    path: pathname + search,
    headers: headers.toJSON({ preserveCase: true }),
  };
  const open = protocol === 'https:' ? requestSecure : requestPlain;

  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) throw aborted();
    const outgoing = open(options, (incoming) => {
      incoming.once('close', release).on('error', ignore); // whoever reads it is told; until then nobody is
      const status = incoming.statusCode ?? 0;
      const response = { request, status, headers: headersOf(incoming) };
      if (request.streamResponseStatusCodes?.has(status) === true)
        resolve({ ...response, readableStreamBody: incoming });
      else bytesOf(incoming).then((bytes) => resolve({ ...response, bodyAsText: bytes.toString() }), reject);
    });
    const stop = (): void => void outgoing.destroy(aborted());
    const release = (): void => signal?.removeEventListener('abort', stop);
    signal?.addEventListener('abort', stop);
    outgoing.on('error', (error) => {
      release();
      reject(error);
    });
    outgoing.end(body);
  });
}

function headersOf({ headers: received }: IncomingMessage): HttpHeaders {
  const headers = createHttpHeaders();
  for (const [name, value] of Object.entries(received)) {
    if (typeof value === 'string') headers.set(name, value);
    else if (value?.[0] !== undefined) headers.set(name, value[0]);
  }
  return headers;
}

function ignore(): void {}

function aborted(): Error {
  return Object.assign(new Error('The request was stopped.'), { name: 'AbortError' });
}
