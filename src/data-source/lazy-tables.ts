import { EntitableError } from '../errors/entitable-error.js';
import type { OperationOptions, PreparedWrite, RowPage, Rows, TableStore, WriteReceipt } from '../store/table-store.js';

/** A store whose tables need not be made first: a write makes a missing one, a read finds nothing in it. */
export function lazyTables(store: TableStore): TableStore {
  const creating = new Map<string, Promise<boolean>>();

  return {
    get traits() {
      return store.traits;
    },
    service: store.service,
    rows: (table, shape) => lenientRows(store.rows(table, shape)),
    async submit(table, writes, options) {
      try {
        return await store.submit(table, writes, options);
      } catch (error) {
        if (!EntitableError.is(error, 'store.table-not-found')) throw error;
      }
      return createAndSubmit(table, writes, options);
    },
    createTable: (table, options) => store.createTable(table, options),
    deleteTable: (table, options) => store.deleteTable(table, options),
    tables: (request, options) => store.tables(request, options),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };

  async function createAndSubmit(
    table: string,
    writes: readonly PreparedWrite[],
    options: OperationOptions | undefined,
  ): Promise<readonly WriteReceipt[]> {
    // Many writers may find the table missing at once: one of them makes it, and its signal does not stop the others.
    let created = creating.get(table);
    if (created === undefined) {
      creating.set(table, (created = store.createTable(table).finally(() => creating.delete(table))));
    }
    await created;
    return store.submit(table, writes, options);
  }
}

function lenientRows(rows: Rows): Rows {
  return {
    async get(...request) {
      try {
        return await rows.get(...request);
      } catch (error) {
        if (EntitableError.is(error, 'store.table-not-found')) return undefined;
        throw error;
      }
    },
    async *scan<R>(...request: Parameters<typeof rows.scan<R>>): AsyncGenerator<RowPage<R>> {
      try {
        yield* rows.scan<R>(...request);
      } catch (error) {
        if (!EntitableError.is(error, 'store.table-not-found')) throw error;
        yield { rows: [] };
      }
    },
    reopen: (row) => rows.reopen(row),
    prepare: (operation) => rows.prepare(operation),
    written: (write, receipt, before) => rows.written(write, receipt, before),
  };
}
