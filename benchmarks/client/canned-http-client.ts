import { Readable } from 'node:stream';
import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import { cannedAnswer } from './canned-answers.js';

/** Answers in this process, without a socket: what is left is what a client does itself. Bodies come in chunks of bytes, as from a
 * socket, and a text is made of them as the SDK's http client does it. */
export const cannedHttpClient: HttpClient = {
  sendRequest(request) {
    const { status, headers, body } = cannedAnswer(request.method, request.url, request.headers.get('accept') ?? '');
    const chunks = chunksOf.get(body) ?? cut(body);
    const streamed = request.streamResponseStatusCodes?.has(status) === true;
    return Promise.resolve({
      request,
      status,
      headers: createHttpHeaders(headers),
      ...(streamed ? { readableStreamBody: streamOf(chunks) } : { bodyAsText: Buffer.concat(chunks).toString() }),
    });
  },
};

/** As a socket has it: what has come is pushed. */
function streamOf(chunks: readonly Buffer[]): Readable {
  return new Readable({
    read() {
      for (const chunk of chunks) this.push(chunk);
      this.push(null);
    },
  });
}

/** What a socket gives at a time. */
const CHUNK = 64 * 1024;

const chunksOf = new WeakMap<Buffer, readonly Buffer[]>();

function cut(body: Buffer): readonly Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; at += CHUNK) chunks.push(body.subarray(at, at + CHUNK));
  chunksOf.set(body, chunks);
  return chunks;
}
