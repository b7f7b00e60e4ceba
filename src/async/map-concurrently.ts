import { Deadline } from './deadline.js';
import { ItemReader, type Items } from './item-reader.js';

/**
 * Maps items with a bounded number of concurrent calls of `map`. The results have the order of the items. The next item
 * is requested when a call can be started, and none after a failure. The signal only ends a wait for the next item; to
 * stop calls in flight as well, `map` must listen to the signal itself. Used by reads of many keys and by commits.
 */
export async function mapConcurrently<I, R>(
  items: Items<I>,
  concurrency: number,
  map: (item: I) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  const deadline = new Deadline({ signal });
  const reader = new ItemReader(items);
  const results: R[] = [];
  let ended = false;
  const worker = async (): Promise<void> => {
    while (!ended) {
      const asked = reader.next();
      const next = asked instanceof Promise ? await deadline.wait(asked) : asked;
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
