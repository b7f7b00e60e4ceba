import type { Connection } from './connection.js';
import { unansweredRead } from './lost-answer.js';
import { mergedBody } from './merged-body.js';
import { refusalOf, refused } from './refusal.js';
import { readRequest } from './wire-request.js';
import type { StopSignal } from './stop-signal.js';
import type { AzureWrite } from './write-request.js';

/**
 * The same writes, in terms the service knows: it cannot remove a property, so a merge that does becomes the replacement of the row as
 * it is now, under its ETag.
 */
export function withoutRemovals(
  connection: Connection,
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

async function replacement(
  { transport }: Connection,
  write: AzureWrite,
  stop: StopSignal | undefined,
  context: { readonly table: string; readonly operation: number },
): Promise<AzureWrite> {
  const response = await transport.read(readRequest(write.url, 'minimalmetadata'), stop).catch((error: unknown) => {
    throw unansweredRead(error, context);
  });
  if (response.status !== 200) throw refused(refusalOf(response), 'read', context);
  const etag = response.headers.get('etag') ?? '';
  if (write.ifMatch !== '*' && write.ifMatch !== etag) throw refused(MOVED, 'write', context);
  const body = mergedBody(response.bodyAsText ?? '', write.body ?? '', write.remove);
  return { ...write, mode: 'replace', ifMatch: etag, remove: [], body, bodyBytes: Buffer.byteLength(body) };
}

/** The answer the service would have given had it seen the ETag. */
const MOVED = {
  status: 412,
  serviceCode: 'UpdateConditionNotSatisfied',
  text: 'The row has another ETag.',
  requestId: undefined,
};
