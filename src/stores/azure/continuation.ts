import { encodeText } from './entity-url.js';

/** No header can hold it, so it parts the two tokens. */
const SEPARATOR = '\n';

/** Where the next page begins: the service's own tokens, the second of which may be missing and then stays so. */
export function readContinuation(header: (name: string) => string | undefined): string | undefined {
  const partition = header('x-ms-continuation-NextPartitionKey') ?? '';
  const row = header('x-ms-continuation-NextRowKey') ?? '';
  if (partition === '') return undefined;
  return row === '' ? partition : `${partition}${SEPARATOR}${row}`;
}

/** A continuation as options of a query. */
export function continuationText(continuation: string): string {
  const [partition, row] = continuation.split(SEPARATOR, 2);
  const next = `NextPartitionKey=${encodeText(partition!)}`;
  return row === undefined ? next : `${next}&NextRowKey=${encodeText(row)}`;
}
