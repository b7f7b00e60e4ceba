import { Readable } from 'node:stream';
import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import { cannedAnswer } from './canned-answers.js';

/**
 * An HTTP client that responds within this process, without a socket, so that only the work of the measured client
 * remains. Bodies arrive in chunks of bytes, as from a socket, and are decoded to text in the same way as in the SDK's
 * HTTP client.
 */
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

/** Streams chunks as a socket does, which pushes all received data. */
function streamOf(chunks: readonly Buffer[]): Readable {
  return new Readable({
    read() {
      for (const chunk of chunks) this.push(chunk);
      this.push(null);
    },
  });
}

/** Size of the chunks that a socket delivers. */
const CHUNK = 64 * 1024;

const chunksOf = new WeakMap<Buffer, readonly Buffer[]>();

function cut(body: Buffer): readonly Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; at += CHUNK) chunks.push(body.subarray(at, at + CHUNK));
  chunksOf.set(body, chunks);
  return chunks;
}
