/** Maps items with a bounded number of calls under way, keeping their order; after a failure no further call is started. */
export async function mapConcurrently<I, R>(
  items: readonly I[],
  concurrency: number,
  map: (item: I) => Promise<R>,
): Promise<R[]> {
  const results = Array.from<R>({ length: items.length });
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      try {
        results[index] = await map(items[index]!);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  return results;
}
