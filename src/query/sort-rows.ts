import { EntitableError } from '../errors/entitable-error.js';

/** Rows that are held to be sorted without `take`. */
export const SORT_LIMIT = 100_000;

/**
 * Reads everything and gives it in order: the first `take` rows, or all.
 *
 * With `take` no more than twice as many, and a page, are held at once.
 *
 * @throws EntitableError `query.too-many-to-sort` without `take`, when there are more than {@link SORT_LIMIT}.
 */
export async function sortRows<R>(
  chunks: AsyncIterable<{ readonly rows: readonly R[] }>,
  compare: (left: R, right: R) => number,
  take: number | undefined,
): Promise<readonly R[]> {
  let held: R[] = [];
  for await (const { rows } of chunks) {
    for (const row of rows) held.push(row);
    if (take !== undefined && held.length >= 2 * take) held = held.toSorted(compare).slice(0, take);
    if (take === undefined && held.length > SORT_LIMIT) throw tooMany();
  }
  return held.toSorted(compare).slice(0, take);
}

function tooMany(): EntitableError {
  return new EntitableError(
    'query.too-many-to-sort',
    `More than ${SORT_LIMIT} rows match, and the service does not sort: they would all have to be held in memory. ` +
      'Ask for the first of them with take(n), narrow the query, or sort by the key, which costs nothing.',
    { limit: SORT_LIMIT },
  );
}
