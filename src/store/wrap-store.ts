import type { Rows, TableStore } from './table-store.js';

/**
 * Returns a store that forwards every call to `store`, except for the members in `changes`. It is for code that
 * intervenes in some calls: to create tables on demand, to apply the user's own limits, or to record calls and inject
 * faults in tests.
 */
export function wrapStore(store: TableStore, changes: Partial<TableStore>): TableStore {
  return {
    get traits() {
      return store.traits;
    },
    service: store.service,
    rows: (table, shape) => store.rows(table, shape),
    submit: (table, writes, options) => store.submit(table, writes, options),
    createTable: (table, options) => store.createTable(table, options),
    deleteTable: (table, options) => store.deleteTable(table, options),
    tables: (request, options) => store.tables(request, options),
    ready: store.ready?.bind(store),
    backup: store.backup?.bind(store),
    close: store.close?.bind(store),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    ...changes,
  };
}

/** Returns a `Rows` that reads by the given `get` and `scan`, and forwards its other methods to `rows`. */
export function wrapRows(rows: Rows, { get, scan }: Pick<Rows, 'get' | 'scan'>): Rows {
  return {
    get,
    scan,
    reopen: (row) => rows.reopen(row),
    prepare: (operation) => rows.prepare(operation),
    written: (write, receipt, before) => rows.written(write, receipt, before),
  };
}
