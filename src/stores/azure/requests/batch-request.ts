import { randomUUID } from 'node:crypto';
import type { WriteMode } from '../../../store/table-store.js';
import type { ServiceProfile } from '../service-profile.js';
import { PROTOCOL_VERSION, writeHead, type WireRequest, type AzureWrite } from './wire-request.js';

const PART_HEADERS = 'Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n';

/**
 * Upper bound of the number of bytes that a transaction adds to the URL and the body of each write: headers with the
 * ETag, boundaries, and a share of the multipart envelope.
 */
export const PART_BYTES = 600;

/** Builds the request of a transaction. Each write has its own If-Match header, and its index as Content-ID. */
export function batchRequest(endpoint: string, writes: readonly AzureWrite[], service: ServiceProfile): WireRequest {
  const batch = `batch_${randomUUID()}`;
  const changes = `changeset_${randomUUID()}`;
  const start = `--${batch}\r\nContent-Type: multipart/mixed; boundary=${changes}\r\n`;
  const end = `\r\n--${changes}--\r\n--${batch}--\r\n`;
  const pieces: (string | Uint8Array)[] = [start];
  const sizes: number[] = [start.length];
  const frames = new Map<WriteMode, Frame<Uint8Array>>(); // by mode: the text that all of its writes share
  for (let index = 0; index < writes.length; index++) {
    const { mode, url, ifMatch, body = '', bodyBytes } = writes[index]!;
    let frame = frames.get(mode);
    if (frame === undefined) {
      const { before, after } = frameOf(writeHead(mode, service), `\r\n--${changes}\r\n`);
      frames.set(mode, (frame = { before: Buffer.from(before), after: Buffer.from(after) }));
    }
    const { before, after } = frame;
    const condition = ifMatch === undefined ? '' : `If-Match: ${ifMatch}\r\n`;
    const own = `${url} HTTP/1.1\r\nContent-ID: ${index}\r\n${condition}`;
    pieces.push(before, own, after, body);
    sizes.push(before.length, own.length, after.length, bodyBytes); // a URL and an ETag are ASCII
  }
  pieces.push(end);
  sizes.push(end.length);
  return envelope(endpoint, batch, joined(pieces, sizes));
}

/**
 * Builds a batch request with a query as its only part, for a query whose URL would be too long for a request of its
 * own.
 */
export function batchedQuery(endpoint: string, query: WireRequest): WireRequest {
  const batch = `batch_${randomUUID()}`;
  const { before, after } = frameOf(query, `--${batch}\r\n`);
  return envelope(endpoint, batch, `${before}${query.url} HTTP/1.1\r\n${after}\r\n--${batch}--\r\n`);
}

/**
 * The text of one part of a batch, namely what comes before its URL, and what comes after its `Content-ID` and
 * `If-Match` headers.
 */
interface Frame<T> {
  readonly before: T;
  readonly after: T;
}

function frameOf({ method, headers }: Pick<WireRequest, 'method' | 'headers'>, boundary: string): Frame<string> {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return { before: `${boundary}${PART_HEADERS}${method} `, after: `${lines.join('')}\r\n` };
}

/**
 * Concatenates bytes and UTF-8 encoded texts. A text with as many bytes as characters is ASCII, which is faster to copy
 * than to encode.
 */
function joined(pieces: readonly (string | Uint8Array)[], sizes: readonly number[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + size));
  let at = 0;
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index]!;
    const size = sizes[index]!;
    if (typeof piece === 'string') bytes.write(piece, at, size === piece.length ? 'latin1' : 'utf8');
    else bytes.set(piece, at);
    at += size;
  }
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
