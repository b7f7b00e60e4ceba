import { randomUUID } from 'node:crypto';
import type { WriteMode } from '../../store/table-store.js';
import type { AzureService } from './azure-service.js';
import { PROTOCOL_VERSION, type WireRequest } from './wire-request.js';
import { writeHead, type AzureWrite } from './write-request.js';

const PART_HEADERS = 'Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n';

/** More than what surrounds a write's URL, body and ETag in a transaction, its part of the envelope included. */
export const PART_BYTES = 600;

/** One transaction as one request: each write with its own condition, told apart by its index as Content-ID. */
export function batchRequest(endpoint: string, writes: readonly AzureWrite[], service: AzureService): WireRequest {
  const batch = `batch_${randomUUID()}`;
  const changes = `changeset_${randomUUID()}`;
  const texts = [`--${batch}\r\nContent-Type: multipart/mixed; boundary=${changes}\r\n`];
  let size = texts[0]!.length;
  const frames = new Map<WriteMode, Frame>(); // what is the same for all writes of a mode
  for (let index = 0; index < writes.length; index++) {
    const { mode, url, ifMatch, body = '', bodyBytes } = writes[index]!;
    let frame = frames.get(mode);
    if (frame === undefined) frames.set(mode, (frame = frameOf(writeHead(mode, service), `\r\n--${changes}\r\n`)));
    const condition = ifMatch === undefined ? '' : `If-Match: ${ifMatch}\r\n`;
    const head = `${frame.before}${url} HTTP/1.1\r\nContent-ID: ${index}\r\n${condition}${frame.after}`;
    texts.push(head, body);
    size += (ifMatch === undefined ? head.length : Buffer.byteLength(head)) + bodyBytes;
  }
  const end = `\r\n--${changes}--\r\n--${batch}--\r\n`;
  texts.push(end);
  return envelope(endpoint, batch, utf8(texts, size + end.length));
}

/** One query as the only part of a batch, for a URL that is too long to be one. */
export function batchedQuery(endpoint: string, query: WireRequest): WireRequest {
  const batch = `batch_${randomUUID()}`;
  const { before, after } = frameOf(query, `--${batch}\r\n`);
  return envelope(endpoint, batch, `${before}${query.url} HTTP/1.1\r\n${after}\r\n--${batch}--\r\n`);
}

/** What stands before and after the URL of a part. */
interface Frame {
  readonly before: string;
  readonly after: string;
}

function frameOf({ method, headers }: Pick<WireRequest, 'method' | 'headers'>, boundary: string): Frame {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  // Joined, and so in one piece each: they are part of every text that is encoded.
  return { before: [boundary, PART_HEADERS, method, ' '].join(''), after: [...lines, '\r\n'].join('') };
}

/** Texts one after another in UTF-8. Each is encoded by itself, which is quick where one is ASCII whatever the others are. */
function utf8(texts: readonly string[], size: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(size);
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
