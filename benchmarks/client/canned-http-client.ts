import { Readable } from 'node:stream';
import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import { cannedAnswer } from './canned-answers.js';

/** Answers in this process, without a socket: what is left is what a client does itself. Bodies come as bytes, as from a network. */
export const cannedHttpClient: HttpClient = {
  sendRequest(request) {
    const { status, headers, body } = cannedAnswer(request.method, request.url, request.headers.get('accept') ?? '');
    const streamed = request.streamResponseStatusCodes?.has(status) === true;
    return Promise.resolve({
      request,
      status,
      headers: createHttpHeaders(headers),
      ...(streamed ? { readableStreamBody: Readable.from([body]) } : { bodyAsText: body.toString() }),
    });
  },
};
