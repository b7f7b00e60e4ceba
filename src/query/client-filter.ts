import type { ReadOptions } from './query.js';
import type { RowReader } from '../store/row.js';
import type { ReadRequest, RowPage, Rows } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { handleRejection } from '../errors/type-name.js';
import { invalidOption } from '../options/check-option.js';
import type { EntityReader } from '../mapping/entity-reader.js';

/** The decoded value of a row that is left out of the results. */
export const LEFT_OUT: unique symbol = Symbol('left out');

/** Wraps a decoder so that it can leave rows out. */
type Sieve = <R>(
  decode: (row: RowReader) => R,
  options: (OperationOptions & ReadOptions) | undefined,
) => (row: RowReader) => R | typeof LEFT_OUT;

/** Returns the rows of a store without those that the sieve leaves out. */
export function sievedRows(
  rows: Rows,
  sieve: Sieve,
  requestOf: <Q extends ReadRequest>(request: Q) => Q = (request) => request,
): Rows {
  return {
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
    reopen: (row) => rows.reopen(row),
    prepare: (operation) => rows.prepare(operation),
    written: (write, receipt, before) => rows.written(write, receipt, before),
  };
}

/** Returns whether an entity matches. It runs on the client, for each row that the store returns. */
export type ClientFilter<in T> = (entity: T) => boolean;

/**
 * Returns the rows of a class that match the application's own functions. Rows are read whole, because a function may
 * use any property.
 */
export function passingRows<T extends object>(
  { rows, peek }: EntityReader<T>,
  filters: readonly ClientFilter<T>[],
): Rows {
  const sieve =
    <R>(decode: (row: RowReader) => R) =>
    (row: RowReader): R | typeof LEFT_OUT => {
      const entity = peek(row);
      if (!filters.every((filter) => answerOf(filter(entity)))) return LEFT_OUT;
      return (decode as unknown) === peek ? (entity as unknown as R) : decode(row);
    };
  return sievedRows(rows, sieve, whole);
}

function whole<Q extends ReadRequest>(request: Q): Q {
  return { ...request, select: undefined, etag: undefined };
}

/** Checks the result of a client filter. A promise is truthy whatever its result, so every row would match. */
function answerOf(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || !('then' in answer)) return Boolean(answer);
  handleRejection(answer);
  throw invalidOption(
    'filterOnClient',
    'a function that answers at once (forEach waits for each result)',
    'one that gives a promise',
  );
}
