import { EntitableError } from '../errors/entitable-error.js';
import { Deadline } from '../async/deadline.js';
import type { RowPage, Rows, TableStore } from '../store/table-store.js';
import { wrapRows, wrapStore } from '../store/wrap-store.js';

/** A table on its way, and how many writers wait for it. */
interface Creation {
  readonly done: Promise<boolean>;
  readonly stop: AbortController;
  waiting: number;
}

/** A store whose tables need not be made first: a write makes a missing one, a read finds nothing in it. */
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
   * Many writers may find a table missing at once: one request makes it for all. Each waits as long as its own signal and time allow, and
   * the request is stopped when nobody waits any more.
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

/** Whatever became of the table: that it was missing was the answer to the write, so nothing of the write is in doubt. */
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

/** Pages of a table, or an empty one where there is none. A table that was there and is gone is an error: the rest was not read. */
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
