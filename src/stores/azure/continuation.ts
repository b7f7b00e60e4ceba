import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { encodeText } from './entity-url.js';

/** No header can hold it, so it parts the two tokens. */
const SEPARATOR = '\n';

/** Where the next page begins: the service's own tokens, the second of which may be missing and then stays so. */
export function readContinuation({ headers }: PipelineResponse): string | undefined {
  const partition = headers.get('x-ms-continuation-NextPartitionKey');
  const row = headers.get('x-ms-continuation-NextRowKey');
  if (!partition) return undefined;
  return row ? `${partition}${SEPARATOR}${row}` : partition;
}

/** A continuation as options of a query. */
export function continuationText(continuation: string): string {
  const [partition, row] = continuation.split(SEPARATOR, 2);
  const next = `NextPartitionKey=${encodeText(partition!)}`;
  return row === undefined ? next : `${next}&NextRowKey=${encodeText(row)}`;
}
