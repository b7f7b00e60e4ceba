import type { Items } from './bulk-options.js';

/** Maps items with a bounded number of calls under way, keeping their order; the next item is asked for when there is room, and after a failure none. */
export async function mapConcurrently<I, R>(
  items: Items<I>,
  concurrency: number,
  map: (item: I) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const iterator =
    Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : (items as Iterable<I>)[Symbol.iterator]();
  let asked = 0;
  let ended = false;
  const worker = async (): Promise<void> => {
    while (!ended) {
      const index = asked++;
      try {
        const answer = iterator.next();
        const next: IteratorResult<I, unknown> = answer instanceof Promise ? await answer : answer;
        if (next.done === true) ended = true;
        else results[index] = await map(next.value);
      } catch (error) {
        ended = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}
