import type { ReadOptions } from './query.js';
import type { RowReader } from '../store/row.js';
import type { OperationOptions, ReadRequest, RowPage, Rows } from '../store/table-store.js';

/** What a row becomes that is not to be given. */
export const LEFT_OUT: unique symbol = Symbol('left out');

/** Decodes a row, or leaves it out. */
type Sieve = <R>(
  decode: (row: RowReader) => R,
  options: (OperationOptions & ReadOptions) | undefined,
) => (row: RowReader) => R | typeof LEFT_OUT;

/** The rows of a store without those that a sieve leaves out. */
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
