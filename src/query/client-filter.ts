import { handleRejection } from '../errors/at-once.js';
import { invalidOption } from '../errors/options.js';
import type { EntityRows } from '../mapping/entity-rows.js';
import type { RowReader } from '../store/row.js';
import type { ReadRequest, Rows } from '../store/table-store.js';
import { LEFT_OUT, sievedRows } from './sieved-rows.js';

/** Whether an entity passes; asked here, of each row that the store gave. */
export type ClientFilter<in T> = (entity: T) => boolean;

/** The rows of a class that a program's own functions let pass. Rows are read whole: a function may ask anything of them. */
export function passingRows<T extends object>(
  { rows, peek }: EntityRows<T>,
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

/** A promise is true whatever it will be: every row would pass. */
function answerOf(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || !('then' in answer)) return Boolean(answer);
  handleRejection(answer);
  throw invalidOption(
    'filterOnClient',
    'a function that answers at once (forEach waits for each result)',
    'one that gives a promise',
  );
}
