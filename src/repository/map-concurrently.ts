import type { Items } from './bulk-options.js';
import { ItemReader } from './item-reader.js';

/** Maps items with a bounded number of calls under way, keeping their order; the next item is asked for when there is room, and after a failure none. */
export async function mapConcurrently<I, R>(
  items: Items<I>,
  concurrency: number,
  map: (item: I) => Promise<R>,
): Promise<R[]> {
  const reader = new ItemReader(items);
  const results: R[] = [];
  let ended = false;
  const worker = async (): Promise<void> => {
    while (!ended) {
      const next = await reader.next();
      if (next === undefined) break;
      results[next.index] = await map(next.item);
    }
    ended = true;
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, worker));
  } catch (error) {
    ended = true;
    reader.close();
    throw error;
  }
  return results;
}
