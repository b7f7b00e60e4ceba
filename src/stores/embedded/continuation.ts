import { refusal, refused } from './service-rules.js';

/** The keys of the last row of a page. */
export interface LastRow {
  readonly partitionKey: string;
  readonly rowKey: string;
}

/** Where a scan goes on: after the last row given. The partition is left out where the request names it. */
export function continuationAfter({ partitionKey, rowKey }: LastRow, partition: string | undefined): string {
  return encode(partition === undefined ? [rowKey, partitionKey] : [rowKey]);
}

/** Reads a continuation of a request like this one. Throws `store.rejected` when it is none. */
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
    // it is no JSON: told below, without words that quote it
  }
  throw malformed();
}

function malformed(): Error {
  return refused(
    refusal('InvalidInput', 'The continuation is none of this store for this request. Begin again without one.'),
  );
}
