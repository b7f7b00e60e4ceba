import { EntitableError } from '../../../errors/entitable-error.js';
import type { WriteReceipt } from '../../../store/table-store.js';
import type { OperationOptions } from '../../../options/operation-options.js';
import type { AzureConnection } from '../azure-connection.js';
import { underDeadline } from '../http/request-deadline.js';
import { unansweredWrite } from './network-error.js';
import { withoutRemovals } from './emulate-removal.js';
import type { Attempt, StopSignal } from '../http/request-message.js';
import { writeRequest, type AzureWrite } from './wire-request.js';
import { batchRequest } from './batch-request.js';
import { batchParts, isBatch, type BatchPart } from './batch-response.js';
import { hasKeys } from './point-answer.js';
import { readRefusal, refusalOf, refused, type ServiceRefusal } from './refusal.js';
import { isEntityTag, WrongAnswer } from './wrong-answer.js';

/**
 * Maximum number of times that an unconditional merge which removes a property is repeated, because its row changed
 * between the read and the write (see `withoutRemovals`). After that, the error is thrown.
 */
const MAX_RACES = 5;

/**
 * Sends writes, under the signal and the time limit of the options: a single write by itself, several as one
 * transaction.
 */
export async function submitWrites(
  connection: AzureConnection,
  table: string,
  writes: readonly AzureWrite[],
  options: OperationOptions | undefined,
): Promise<readonly WriteReceipt[]> {
  if (writes.length === 0) return [];
  const attempt: Attempt = { sent: false };
  const removing = writes.some(({ remove }) => remove.length > 0);
  try {
    return await underDeadline(options, (stop) =>
      removing
        ? submitRemovals(connection, table, writes, attempt, stop)
        : sendWrites(connection, table, writes, attempt, stop),
    );
  } catch (error) {
    throw unansweredWrite(error, attempt.sent, { table });
  }
}

async function submitRemovals(
  connection: AzureConnection,
  table: string,
  writes: readonly AzureWrite[],
  attempt: Attempt,
  stop: StopSignal | undefined,
): Promise<readonly WriteReceipt[]> {
  for (let races = 0; ; races++) {
    attempt.sent = false;
    const direct = await withoutRemovals(connection, table, writes, stop);
    try {
      return await sendWrites(connection, table, direct, attempt, stop);
    } catch (error) {
      if (races === MAX_RACES || !lostRace(error, writes)) throw error;
    }
  }
}

/** Returns whether an unconditional merge failed because its row changed between the read and the write. */
function lostRace(error: unknown, writes: readonly AzureWrite[]): boolean {
  if (!EntitableError.is(error, 'store.precondition-failed')) return false;
  const { operation } = error.details;
  const write = operation === undefined ? undefined : writes[operation];
  return write !== undefined && write.remove.length > 0 && write.ifMatch === '*';
}

/**
 * Sends writes unchanged: a single write by itself, several as one transaction. Throws the service's rejections and
 * network errors.
 */
function sendWrites(
  connection: AzureConnection,
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
  { transport, service }: AzureConnection,
  table: string,
  write: AzureWrite,
  attempt: Attempt,
  stop: StopSignal | undefined,
): Promise<readonly WriteReceipt[]> {
  const response = await transport.write(writeRequest(write, service), stop, attempt);
  const { status, headers } = response;
  if (status >= 300) throw refused(refusalOf(response), 'write', { table, operation: 0 });
  const found = receipt(write, { status, etag: headers.get('etag'), body: response.bodyAsText ?? '' });
  if (found === undefined) throw new WrongAnswer(NOT_WRITTEN, response);
  return [found];
}

async function together(
  { transport, service, endpoint }: AzureConnection,
  table: string,
  writes: readonly AzureWrite[],
  attempt: Attempt,
  stop: StopSignal | undefined,
): Promise<readonly WriteReceipt[]> {
  const response = await transport.write(batchRequest(endpoint, writes, service), stop, attempt);
  if (response.status >= 300) throw refused(refusalOf(response), 'write', { table });
  const text = response.bodyAsText ?? '';
  if (response.status !== 202 || !isBatch(response.headers.get('content-type'), text))
    throw new WrongAnswer('it is no answer to a batch', response);
  const parts = batchParts(text);
  const failed = parts.find(({ status }) => status >= 300);
  if (failed !== undefined) {
    throw refusedPart(failed, table, writes.length, response.headers.get('x-ms-request-id'));
  }
  if (parts.length !== writes.length)
    throw new WrongAnswer(`it has ${parts.length} parts for ${writes.length} operations`, response);
  const receipts: WriteReceipt[] = [];
  for (let index = 0; index < parts.length; index++) {
    const found = receipt(writes[index]!, parts[index]!);
    if (found === undefined) throw new WrongAnswer(NOT_WRITTEN, response);
    receipts.push(found);
  }
  return receipts;
}

const NOT_WRITTEN = 'it has another status, another row, or no ETag';

/**
 * Returns the receipt of one write, or `undefined` if the response is not the expected one. Except after a delete, the
 * response must contain an ETag. Some services ignore the `Prefer` header of an insert and return the row, which must
 * then have the keys that were written.
 */
function receipt(
  { mode, partitionKey, rowKey }: AzureWrite,
  answer: Pick<BatchPart, 'status' | 'etag' | 'body'>,
): WriteReceipt | undefined {
  const { status } = answer;
  if (status !== 204 && !(status === 201 && mode === 'insert' && hasKeys(answer.body, partitionKey, rowKey)))
    return undefined;
  if (mode === 'delete') return {};
  const { etag } = answer;
  return isEntityTag(etag) ? { etag } : undefined;
}

function refusedPart(part: BatchPart, table: string, count: number, requestId: string | undefined): EntitableError {
  const own = readRefusal(part.status, (name) => part.header(name), part.body, true);
  const refusal = { ...own, requestId: own.requestId ?? requestId };
  const operation = failedIndex(refusal, part, count);
  return refused(refusal, 'write', operation === undefined ? { table } : { table, operation });
}

/**
 * Returns the index of the write that failed. The service reports it at the start of its message or in the header
 * `Content-ID`. Returns `undefined` if it does neither.
 */
function failedIndex({ text }: ServiceRefusal, part: BatchPart, count: number): number | undefined {
  const told = /^(\d+):/.exec(text)?.[1] ?? part.header('content-id');
  const index = told !== undefined && /^\d+$/.test(told) ? Number(told) : count;
  return index < count ? index : undefined;
}
