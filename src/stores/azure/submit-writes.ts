import { EntitableError } from '../../errors/entitable-error.js';
import type { OperationOptions, WriteReceipt } from '../../store/table-store.js';
import { batchRequest } from './batch-request.js';
import { batchParts, type BatchPart } from './batch-response.js';
import type { Connection } from './connection.js';
import { underDeadline } from './deadline.js';
import { unansweredWrite } from './lost-answer.js';
import { readRefusal, refusalOf, refused, type Refusal } from './refusal.js';
import { withoutRemovals } from './replace-without.js';
import type { Attempt } from './transport.js';
import { writeRequest, type AzureWrite } from './write-request.js';

/** How often an unconditional merge that removes a property is begun anew when its row changes between its two requests. */
const RACES = 5;

/** Writes one row by itself, several as one transaction. */
export async function submitWrites(
  connection: Connection,
  table: string,
  writes: readonly AzureWrite[],
  options: OperationOptions | undefined,
): Promise<readonly WriteReceipt[]> {
  if (writes.length === 0) return [];
  const attempt: Attempt = { sent: false };
  try {
    return await underDeadline(options, (signal) => submit(connection, table, writes, signal, attempt, RACES));
  } catch (error) {
    throw unansweredWrite(error, attempt.sent, { table });
  }
}

async function submit(
  connection: Connection,
  table: string,
  writes: readonly AzureWrite[],
  signal: AbortSignal | undefined,
  attempt: Attempt,
  races: number,
): Promise<readonly WriteReceipt[]> {
  const direct = writes.some(({ remove }) => remove.length > 0)
    ? await withoutRemovals(connection, table, writes, signal)
    : writes;
  try {
    const only = direct[0]!;
    return await (direct.length === 1
      ? alone(connection, table, only, signal, attempt)
      : together(connection, table, direct, signal, attempt));
  } catch (error) {
    if (races === 0 || !lostRace(error, writes)) throw error;
  }
  attempt.sent = false;
  return submit(connection, table, writes, signal, attempt, races - 1);
}

/** Whether a row changed between being read and being replaced, although its merge had no condition of its own. */
function lostRace(error: unknown, writes: readonly AzureWrite[]): boolean {
  if (!EntitableError.is(error, 'store.precondition-failed')) return false;
  const { operation } = error.details;
  const write = operation === undefined ? undefined : writes[operation];
  return write !== undefined && write.remove.length > 0 && write.ifMatch === '*';
}

async function alone(
  { transport, service }: Connection,
  table: string,
  write: AzureWrite,
  signal: AbortSignal | undefined,
  attempt: Attempt,
): Promise<readonly WriteReceipt[]> {
  const response = await transport.write(writeRequest(write, service), signal, attempt);
  if (response.status >= 300) throw refused(refusalOf(response), 'write', { table, operation: 0 });
  return [receipt(response.headers.get('etag'))];
}

async function together(
  { transport, service, endpoint }: Connection,
  table: string,
  writes: readonly AzureWrite[],
  signal: AbortSignal | undefined,
  attempt: Attempt,
): Promise<readonly WriteReceipt[]> {
  const response = await transport.write(batchRequest(endpoint, writes, service), signal, attempt);
  if (response.status >= 300) throw refused(refusalOf(response), 'write', { table });
  const parts = batchParts(response.bodyAsText ?? '');
  const failed = parts.find(({ status }) => status >= 300);
  if (failed !== undefined) throw refusedPart(failed, table, writes.length, response.headers.get('x-ms-request-id'));
  if (parts.length !== writes.length) throw incomplete(table, parts.length, writes.length);
  return parts.map((part) => receipt(part.etag));
}

function receipt(etag: string | undefined): WriteReceipt {
  return etag ? { etag } : {};
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
