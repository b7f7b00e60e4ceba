import type { PreparedWrite } from '../../index.js';

/** How much one transaction takes. */
export interface BatchSize {
  readonly writes: number;
  readonly bytes: number;
}

/** Prepares writes and groups them into transactions, in order; one transaction writes no row twice. */
export async function* batches<T>(
  items: Iterable<T> | AsyncIterable<T>,
  prepare: (item: T) => PreparedWrite,
  size: BatchSize,
): AsyncGenerator<readonly PreparedWrite[]> {
  let batch = new Map<string, PreparedWrite>();
  let bytes = 0;
  for await (const item of items) {
    const write = prepare(item);
    if (batch.size === size.writes || batch.has(write.rowKey) || (batch.size > 0 && bytes + write.bytes > size.bytes)) {
      yield [...batch.values()];
      batch = new Map();
      bytes = 0;
    }
    batch.set(write.rowKey, write);
    bytes += write.bytes;
  }
  if (batch.size > 0) yield [...batch.values()];
}
