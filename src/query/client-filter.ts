import type { ReadOptions } from './query.js';
import type { RowReader } from '../store/row.js';
import type { ReadRequest, RowPage, Rows } from '../store/table-store.js';
import { wrapRows } from '../store/wrap-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { handleRejection } from '../errors/type-name.js';
import { invalidOption } from '../options/check-option.js';
import type { EntityReader } from '../mapping/entity-reader.js';

/** Returned by a decoder instead of a value, so that the row is left out of the results. */
export const LEFT_OUT: unique symbol = Symbol('left out');

/** A function that wraps a decoder so that it returns {@link LEFT_OUT} for rows that do not match. */
export type Sieve = <R>(
  decode: (row: RowReader) => R,
  options: (OperationOptions & ReadOptions) | undefined,
) => (row: RowReader) => R | typeof LEFT_OUT;

/**
 * Wraps the rows of a store so that reads omit those that the sieve leaves out. `requestOf` changes each read request
 * before it is sent.
 */
export function sievedRows(
  rows: Rows,
  sieve: Sieve,
  requestOf: <Q extends ReadRequest>(request: Q) => Q = (request) => request,
): Rows {
  return wrapRows(rows, {
    async get<R>(...[partitionKey, rowKey, decode, request, options]: Parameters<typeof rows.get<R>>) {
      const found = await rows.get(
        partitionKey,
        rowKey,
        sieve(decode, options),
        request && requestOf(request),
        options,
      );
      return found === LEFT_OUT ? undefined : found;
    },
    async *scan<R>(...[request, decode, options]: Parameters<typeof rows.scan<R>>): AsyncGenerator<RowPage<R>> {
      for await (const page of rows.scan(requestOf(request), sieve(decode, options), options)) {
        yield {
          ...page,
          rows: page.rows.filter((row): row is Exclude<typeof row, typeof LEFT_OUT> => row !== LEFT_OUT),
        };
      }
    },
  });
}

/** Returns whether an entity matches. It runs on the client, for each row that the store returns. */
export type ClientFilter<in T> = (entity: T) => boolean;

/**
 * Returns the rows of a class that match all of the application's filter functions. Reads all properties of each row,
 * because a function may use any of them.
 */
export function passingRows<T extends object>(source: EntityReader<T>, filters: readonly ClientFilter<T>[]): Rows {
  const sieve = sieveOf(source, filters);
  return sieve === undefined ? source.rows : sievedRows(source.rows, sieve, whole);
}

/**
 * Returns the sieve that leaves out the rows whose entities do not match all of the application's filter functions.
 * `undefined` if there are none.
 */
export function sieveOf<T extends object>(
  { peek }: Pick<EntityReader<T>, 'peek'>,
  filters: readonly ClientFilter<T>[],
): Sieve | undefined {
  if (filters.length === 0) return undefined;
  return <R>(decode: (row: RowReader) => R) =>
    (row: RowReader): R | typeof LEFT_OUT => {
      const entity = peek(row);
      if (!filters.every((filter) => answerOf(filter(entity)))) return LEFT_OUT;
      return (decode as unknown) === peek ? (entity as unknown as R) : decode(row);
    };
}

function whole<Q extends ReadRequest>(request: Q): Q {
  return { ...request, select: undefined, etag: undefined };
}

/**
 * Returns the result of a client filter as a boolean. Rejects a promise, because it is truthy whatever it resolves to,
 * so every row would match.
 */
function answerOf(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || !('then' in answer)) return Boolean(answer);
  handleRejection(answer);
  throw invalidOption(
    'filterOnClient',
    'a function that answers at once (forEach waits for each result)',
    'one that gives a promise',
  );
}
