import { rowLayout } from './row-layout.js';
import type { Connection } from './connection.js';
import { JsonRowWriter } from './json-row-writer.js';
import { unansweredRead } from './lost-answer.js';
import { refusalOf, refused } from './refusal.js';
import { storedMembers } from './stored-members.js';
import { readRequest } from './wire-request.js';
import type { AzureWrite } from './write-request.js';

const NO_SHAPE = rowLayout({ properties: [] });

/**
 * The same writes, in terms the service knows: it cannot remove a property, so a merge that does becomes the replacement of the row as
 * it is now, under its ETag.
 */
export function withoutRemovals(
  connection: Connection,
  table: string,
  writes: readonly AzureWrite[],
  signal: AbortSignal | undefined,
): Promise<readonly AzureWrite[]> {
  return Promise.all(
    writes.map(async (write, operation) =>
      write.remove.length === 0 ? write : replacement(connection, write, signal, { table, operation }),
    ),
  );
}

async function replacement(
  { transport }: Connection,
  write: AzureWrite,
  signal: AbortSignal | undefined,
  context: { readonly table: string; readonly operation: number },
): Promise<AzureWrite> {
  const response = await transport.read(readRequest(write.url, 'minimalmetadata'), signal).catch((error: unknown) => {
    throw unansweredRead(error, context);
  });
  if (response.status !== 200) throw refused(refusalOf(response), 'read', context);
  const etag = response.headers.get('etag') ?? '';
  if (write.ifMatch !== '*' && write.ifMatch !== etag) throw refused(MOVED, 'write', context);
  return { ...write, mode: 'replace', ifMatch: etag, remove: [], body: merged(write, response.bodyAsText ?? '') };
}

/** What the row holds now, exactly, but for what the write takes away, and with what it brings. */
function merged({ partitionKey, rowKey, body = '{}', remove }: AzureWrite, stored: string): string {
  const replaced = new Set([...Object.keys(JSON.parse(body) as object), ...remove]);
  const writer = new JsonRowWriter(NO_SHAPE, partitionKey, rowKey);
  for (const [name, value] of storedMembers(stored, replaced)) writer.undeclared(name, value);
  const brought = body.slice(KEYS.exec(body)![0].length);
  return writer.text.slice(0, -1) + brought;
}

/** The keys, with which each body begins. */
const KEYS = /^\{"PartitionKey":"(?:[^"\\]|\\.)*","RowKey":"(?:[^"\\]|\\.)*"/;

/** The answer the service would have given had it seen the ETag. */
const MOVED = {
  status: 412,
  serviceCode: 'UpdateConditionNotSatisfied',
  text: 'The row has another ETag.',
  requestId: undefined,
};
