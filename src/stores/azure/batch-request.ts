import { randomUUID } from 'node:crypto';
import type { AzureService } from './azure-service.js';
import { PROTOCOL_VERSION, type WireRequest } from './wire-request.js';
import { writeRequest, type AzureWrite } from './write-request.js';

const PART_HEADERS = 'Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n';

/** More than what surrounds a write's URL, body and ETag in a transaction, its part of the envelope included. */
export const PART_BYTES = 600;

/** One transaction as one request: each write with its own condition, told apart by its index as Content-ID. */
export function batchRequest(endpoint: string, writes: readonly AzureWrite[], service: AzureService): WireRequest {
  const batch = `batch_${randomUUID()}`;
  const changes = `changeset_${randomUUID()}`;
  const before = `\r\n--${changes}\r\n${PART_HEADERS}`;
  const texts = [`--${batch}\r\nContent-Type: multipart/mixed; boundary=${changes}\r\n`];
  const frames = new Map<AzureWrite['mode'], Frame>(); // what is the same for all writes of a mode
  for (let index = 0; index < writes.length; index++) {
    const write = writes[index]!;
    const { mode, url, ifMatch, body = '' } = write;
    let frame = frames.get(mode);
    if (frame === undefined)
      frames.set(mode, (frame = frameOf(writeRequest({ ...write, ifMatch: undefined }, service))));
    const condition = ifMatch === undefined ? '' : `If-Match: ${ifMatch}\r\n`;
    const head = `${before}${frame.method} ${url} HTTP/1.1\r\nContent-ID: ${index}\r\n${condition}${frame.headers}\r\n`;
    texts.push(head, body);
  }
  texts.push(`\r\n--${changes}--\r\n--${batch}--\r\n`);
  return envelope(endpoint, batch, utf8(texts));
}

/** One query as the only part of a batch, for a URL that is too long to be one. */
export function batchedQuery(endpoint: string, query: WireRequest): WireRequest {
  const batch = `batch_${randomUUID()}`;
  const { method, headers } = frameOf(query);
  return envelope(
    endpoint,
    batch,
    `--${batch}\r\n${PART_HEADERS}${method} ${query.url} HTTP/1.1\r\n${headers}\r\n\r\n--${batch}--\r\n`,
  );
}

interface Frame {
  readonly method: string;
  readonly headers: string;
}

function frameOf({ method, headers }: WireRequest): Frame {
  return {
    method,
    headers: Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join(''),
  };
}

/** Texts one after another in UTF-8. Each is encoded by itself, which is quick where one is ASCII whatever the others are. */
function utf8(texts: readonly string[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0));
  let at = 0;
  for (const text of texts) at += bytes.write(text, at);
  return bytes;
}

function envelope(endpoint: string, boundary: string, body: WireRequest['body']): WireRequest {
  return {
    method: 'POST',
    url: `${endpoint}/$batch`,
    headers: {
      Accept: 'application/json',
      'Content-Type': `multipart/mixed; boundary=${boundary}`,
      DataServiceVersion: '3.0',
      'x-ms-version': PROTOCOL_VERSION,
    },
    body,
  };
}
