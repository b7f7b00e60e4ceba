import { refusal, refused } from './service-rules.js';

/** The keys of the last row of a page. */
export interface LastRow {
  readonly partitionKey: string;
  readonly rowKey: string;
}

/**
 * Encodes a continuation that resumes after a row. `partition` is the partition key of a request that reads a single
 * partition; its continuations contain only the row key.
 */
export function continuationAfter({ partitionKey, rowKey }: LastRow, partition: string | undefined): string {
  return encode(partition === undefined ? [rowKey, partitionKey] : [rowKey]);
}

/**
 * Decodes a continuation. `partition` is the partition key of a request that reads a single partition, and `undefined`
 * for other requests. Throws `store.rejected` if the continuation does not fit the request.
 */
export function lastRowOf(continuation: string, partition: string | undefined): LastRow {
  const [rowKey, partitionKey = partition, ...rest] = decode(continuation);
  if (rowKey === undefined || partitionKey === undefined || rest.length > 0) throw malformed();
  if (partition !== undefined && partitionKey !== partition) throw malformed();
  return { partitionKey, rowKey };
}

export function tableContinuation(key: string): string {
  return encode([key]);
}

export function lastTableOf(continuation: string): string {
  const [key] = decode(continuation);
  if (key === undefined) throw malformed();
  return key;
}

function encode(keys: readonly string[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url');
}

function decode(continuation: string): readonly string[] {
  try {
    const keys: unknown = JSON.parse(Buffer.from(continuation, 'base64url').toString());
    if (Array.isArray(keys) && keys.every((key): key is string => typeof key === 'string')) return keys;
  } catch {
    // The continuation is not JSON. It is refused below, in a message that does not quote it.
  }
  throw malformed();
}

function malformed(): Error {
  return refused(
    refusal('InvalidInput', 'The continuation is none of this store for this request. Begin again without one.'),
  );
}
