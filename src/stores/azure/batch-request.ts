import { randomUUID } from 'node:crypto';
import type { AzureService } from './azure-service.js';
import type { WireRequest } from './transport.js';
import { PROTOCOL, writeRequest, type AzureWrite } from './write-request.js';

const PART_HEADERS = 'Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n';

/** More than what surrounds a write's URL, body and ETag in a transaction, its part of the envelope included. */
export const PART_BYTES = 600;

/** One transaction as one request: each write with its own condition, told apart by its index as Content-ID. */
export function batchRequest(endpoint: string, writes: readonly AzureWrite[], service: AzureService): WireRequest {
  const batch = `batch_${randomUUID()}`;
  const changes = `changeset_${randomUUID()}`;
  let body = `--${batch}\r\nContent-Type: multipart/mixed; boundary=${changes}\r\n\r\n`;
  for (let index = 0; index < writes.length; index++) {
    body += `--${changes}\r\n${PART_HEADERS}${partText(writeRequest(writes[index]!, service), index)}\r\n`;
  }
  body += `--${changes}--\r\n--${batch}--\r\n`;
  return envelope(endpoint, batch, body);
}

/** One query as the only part of a batch, for a URL that is too long to be one. */
export function batchedQuery(endpoint: string, query: WireRequest): WireRequest {
  const batch = `batch_${randomUUID()}`;
  return envelope(endpoint, batch, `--${batch}\r\n${PART_HEADERS}${partText(query, 0)}\r\n--${batch}--\r\n`);
}

function envelope(endpoint: string, boundary: string, body: string): WireRequest {
  return {
    method: 'POST',
    url: `${endpoint}/$batch`,
    headers: { Accept: 'application/json', 'Content-Type': `multipart/mixed; boundary=${boundary}`, ...PROTOCOL },
    body,
  };
}

function partText({ method, url, headers, body = '' }: WireRequest, index: number): string {
  let text = `${method} ${url} HTTP/1.1\r\nContent-ID: ${index}\r\n`;
  for (const name in headers) text += `${name}: ${headers[name]!}\r\n`;
  return `${text}\r\n${body}`;
}
