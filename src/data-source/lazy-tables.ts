import { EntitableError } from '../errors/entitable-error.js';
import { Deadline } from '../async/deadline.js';
import type { RowPage, Rows, TableStore } from '../store/table-store.js';
import { wrapRows, wrapStore } from '../store/wrap-store.js';

/** A request in flight that creates a table, and the number of writers that wait for it. */
interface Creation {
  readonly done: Promise<boolean>;
  readonly stop: AbortController;
  waiting: number;
}

/**
 * Wraps a store so that its tables need not be created first: a write creates a missing table, and a read of a missing
 * table finds nothing.
 */
export function lazyTables(store: TableStore): TableStore {
  const creations = new Map<string, Creation>();

  return wrapStore(store, {
    rows: (table, shape) => lenientRows(store.rows(table, shape)),
    async submit(table, writes, options) {
      let deadline = options?.timeout === undefined ? undefined : new Deadline(options);
      try {
        return await store.submit(table, writes, options);
      } catch (error) {
        if (!EntitableError.is(error, 'store.table-not-found')) throw error;
      }
      deadline ??= new Deadline(options);
      await create(table, deadline);
      return store.submit(table, writes, deadline.rest);
    },
  });

  /**
   * Creates a missing table by one request, however many writers have found it missing. Each writer waits as long as
   * its own signal and time limit allow. The request is stopped when no writer waits any longer.
   */
  async function create(table: string, deadline: Deadline): Promise<void> {
    const creation = creations.get(table) ?? begin(table);
    creation.waiting++;
    try {
      await deadline.wait(creation.done);
    } catch (error) {
      throw notCreated(table, error);
    } finally {
      creation.waiting--;
      if (creation.waiting === 0) {
        end(table, creation);
        creation.stop.abort();
      }
    }
  }

  function begin(table: string): Creation {
    const stop = new AbortController();
    const done = store.createTable(table, { signal: stop.signal });
    const creation: Creation = { done, stop, waiting: 0 };
    creations.set(table, creation);
    done.then(
      () => end(table, creation),
      () => end(table, creation),
    );
    return creation;
  }

  function end(table: string, creation: Creation): void {
    if (creations.get(table) === creation) creations.delete(table);
  }
}

/**
 * Translates an error of the request that creates a table: `store.outcome-unknown` becomes `store.unavailable`, and any
 * other error is returned unchanged. The outcome of the write that needs the table is known, because the write was
 * refused before the table was created.
 */
function notCreated(table: string, error: unknown): unknown {
  if (!EntitableError.is(error, 'store.outcome-unknown')) return error;
  return new EntitableError(
    'store.unavailable',
    `The table ${table} does not exist, and it is not known whether it was made: the answer was lost. Nothing was written to it. Try again.`,
    { table },
    { cause: error },
  );
}

function lenientRows(rows: Rows): Rows {
  return wrapRows(rows, {
    async get(...request) {
      try {
        return await rows.get(...request);
      } catch (error) {
        if (EntitableError.is(error, 'store.table-not-found')) return undefined;
        throw error;
      }
    },
    scan: (request, decode, options) => ({
      [Symbol.asyncIterator]: () =>
        lenientPages(rows.scan(request, decode, options)[Symbol.asyncIterator](), request.continuation !== undefined),
    }),
  });
}

/**
 * Returns the pages of a scan, or a single empty page if the table is missing. Throws if the table disappears after the
 * first page, because the remaining rows were not read.
 */
function lenientPages<R>(pages: AsyncIterator<RowPage<R>>, isBegun: boolean): AsyncIterator<RowPage<R>> {
  let begun = isBegun;
  let ended = false;
  return {
    async next() {
      if (ended) return { done: true, value: undefined };
      try {
        const result = await pages.next();
        begun = true;
        return result;
      } catch (error) {
        ended = true;
        if (begun || !EntitableError.is(error, 'store.table-not-found')) throw error;
        return { done: false, value: { rows: [], tableMissing: true } };
      }
    },
    async return() {
      ended = true;
      await pages.return?.();
      return { done: true, value: undefined };
    },
  };
}
