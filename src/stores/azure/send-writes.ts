import { EntitableError } from '../../errors/entitable-error.js';
import type { WriteReceipt } from '../../store/table-store.js';
import { batchRequest } from './batch-request.js';
import { batchParts, type BatchPart } from './batch-response.js';
import type { Connection } from './connection.js';
import { readRefusal, refusalOf, refused, type Refusal } from './refusal.js';
import type { Attempt } from './request-message.js';
import type { StopSignal } from './stop-signal.js';
import { writeRequest, type AzureWrite } from './write-request.js';

/** Sends writes as they are: one by itself, several as one transaction. Throws what the service refuses, and whatever happens on the way. */
export function sendWrites(
  connection: Connection,
  table: string,
  writes: readonly AzureWrite[],
  attempt: Attempt,
  stop: StopSignal | undefined,
): Promise<readonly WriteReceipt[]> {
  const [only] = writes;
  return writes.length === 1 && only !== undefined
    ? alone(connection, table, only, attempt, stop)
    : together(connection, table, writes, attempt, stop);
}

async function alone(
  { transport, service }: Connection,
  table: string,
  write: AzureWrite,
  attempt: Attempt,
  stop: StopSignal | undefined,
): Promise<readonly WriteReceipt[]> {
  const response = await transport.write(writeRequest(write, service), stop, attempt);
  if (response.status >= 300) throw refused(refusalOf(response), 'write', { table, operation: 0 });
  return [receipt(response.headers.get('etag'))];
}

async function together(
  { transport, service, endpoint }: Connection,
  table: string,
  writes: readonly AzureWrite[],
  attempt: Attempt,
  stop: StopSignal | undefined,
): Promise<readonly WriteReceipt[]> {
  const response = await transport.write(batchRequest(endpoint, writes, service), stop, attempt);
  if (response.status >= 300) throw refused(refusalOf(response), 'write', { table });
  const parts = batchParts(response.bodyAsText ?? '');
  const failed = parts.find(({ status }) => status >= 300);
  if (failed !== undefined) {
    throw refusedPart(failed, table, writes.length, response.headers.get('x-ms-request-id'));
  }
  if (parts.length !== writes.length) throw incomplete(table, parts.length, writes.length);
  return parts.map((part) => receipt(part.etag));
}

function receipt(etag: string | undefined): WriteReceipt {
  return etag === undefined || etag === '' ? {} : { etag };
}

function refusedPart(part: BatchPart, table: string, count: number, requestId: string | undefined): EntitableError {
  const own = readRefusal(part.status, (name) => part.header(name), part.body);
  const refusal = { ...own, requestId: own.requestId ?? requestId };
  const operation = failedIndex(refusal, part, count);
  return refused(refusal, 'write', operation === undefined ? { table } : { table, operation });
}

/** Which write failed: the service says so in its message, or echoes the Content-ID; where it does neither nobody knows. */
function failedIndex({ text }: Refusal, part: BatchPart, count: number): number | undefined {
  const told = /^(\d+):/.exec(text)?.[1] ?? part.header('content-id');
  const index = told !== undefined && /^\d+$/.test(told) ? Number(told) : count;
  return index < count ? index : undefined;
}

function incomplete(table: string, found: number, expected: number): EntitableError {
  return new EntitableError(
    'store.outcome-unknown',
    `A write to table "${table}" was answered with ${found} parts for ${expected} operations, so nobody knows what became of it. ` +
      'Read back what was written before trying again.',
    { table },
  );
}
