import type { TableStore } from '../../src/store/table-store.js';

/** A real store, with the requests made of it written down. */
export function recordingStore(store: TableStore): { readonly store: TableStore; readonly requests: string[] } {
  const requests: string[] = [];
  return {
    requests,
    store: {
      traits: store.traits,
      rows(table, shape) {
        const rows = store.rows(table, shape);
        return {
          ...rows,
          get: (...request) => (requests.push('get'), rows.get(...request)),
          scan: (...request) => (requests.push('scan'), rows.scan(...request)),
          reopen: (row) => rows.reopen(row),
          prepare: (operation) => rows.prepare(operation),
          written: (write, receipt, before) => rows.written(write, receipt, before),
        };
      },
      submit: (table, writes, options) => (
        requests.push(...writes.map(({ mode }) => mode)),
        store.submit(table, writes, options)
      ),
      createTable: (table, options) => (requests.push('createTable'), store.createTable(table, options)),
      deleteTable: (table, options) => store.deleteTable(table, options),
      tables: (request, options) => store.tables(request, options),
      [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    },
  };
}
