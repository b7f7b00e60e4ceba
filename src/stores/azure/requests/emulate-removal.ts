import type { PipelineResponse } from '@azure/core-rest-pipeline';
import type { AzureConnection } from '../azure-connection.js';
import { unansweredRead } from './network-error.js';
import { hasKeys, pointAnswer, type PointAnswer } from './point-answer.js';
import { refusalOf, refused } from './refusal.js';
import { readRequest, type AzureWrite } from './wire-request.js';
import type { StopSignal } from '../http/request-message.js';
import { WrongAnswer } from './wrong-answer.js';
import { JsonRowWriter } from '../json/json-row-writer.js';
import { storedMembers } from '../json/json-text.js';

/**
 * Replaces merges that remove properties by writes that the service supports. A merge cannot remove a property, so the
 * row is read, and the merge becomes a replace of the whole row, on condition that the row still has the ETag that was
 * read.
 */
export function withoutRemovals(
  connection: AzureConnection,
  table: string,
  writes: readonly AzureWrite[],
  stop: StopSignal | undefined,
): Promise<readonly AzureWrite[]> {
  return Promise.all(
    writes.map(async (write, operation) =>
      write.remove.length === 0 ? write : replacement(connection, write, stop, { table, operation }),
    ),
  );
}

interface Context {
  readonly table: string;
  readonly operation: number;
}

async function replacement(
  { transport }: AzureConnection,
  write: AzureWrite,
  stop: StopSignal | undefined,
  context: Context,
): Promise<AzureWrite> {
  const response = await transport.read(readRequest(write.url, 'minimalmetadata'), stop).catch((error: unknown) => {
    throw unansweredRead(error, context);
  });
  if (response.status >= 300) throw refused(refusalOf(response), 'read', context);
  const { etag, text } = storedRow(response, write, context);
  if (write.ifMatch !== '*' && write.ifMatch !== etag) throw refused(MOVED, 'write', context);
  const body = mergedBody(text, write.body ?? '', write.remove);
  return { ...write, mode: 'replace', ifMatch: etag, remove: [], body, bodyBytes: Buffer.byteLength(body) };
}

function storedRow(response: PipelineResponse, { partitionKey, rowKey }: AzureWrite, context: Context): PointAnswer {
  try {
    const answer = pointAnswer(response);
    if (hasKeys(answer.text, partitionKey, rowKey)) return answer;
    throw new WrongAnswer('it is another row than was asked for, or none', response);
  } catch (error) {
    throw unansweredRead(error, context);
  }
}

/** The rejection that the service would send for a write with an outdated ETag. */
const MOVED = {
  status: 412,
  serviceCode: 'UpdateConditionNotSatisfied',
  text: 'The row has another ETag.',
  requestId: undefined,
};

/**
 * Applies a merge to a row and returns the body of the equivalent replace.
 *
 * @param stored The text of the row. Properties that the merge does not change are copied from it exactly.
 * @param sent The body of the merge, which begins with the keys.
 */
export function mergedBody(stored: string, sent: string, removed: readonly string[]): string {
  const brought = JSON.parse(sent) as { readonly PartitionKey: string; readonly RowKey: string };
  const writer = new JsonRowWriter([], brought.PartitionKey, brought.RowKey);
  const keys = writer.text.length - 1;
  const changed = new Set([...Object.keys(brought), ...removed]);
  for (const [name, value] of storedMembers(stored, changed)) writer.undeclared(name, value);
  return writer.text.slice(0, -1) + sent.slice(keys);
}
