import { typeName } from '../errors/type-name.js';
import { invalidOption } from '../options/check-option.js';
import type { RowReader } from '../store/row.js';
import type { PreparedWrite, ReadRequest, Rows, ScanRequest, TableStore } from '../store/table-store.js';
import { wrapRows, wrapStore } from '../store/wrap-store.js';
import type { OperationOptions } from '../options/operation-options.js';

/** One request that a store received. */
export type RecordedRequest =
  | { readonly kind: 'get'; readonly table: string; readonly partitionKey: string; readonly rowKey: string }
  | { readonly kind: 'scan'; readonly table: string; readonly request: ScanRequest }
  | { readonly kind: 'submit'; readonly table: string; readonly writes: readonly PreparedWrite[] }
  | { readonly kind: 'createTable' | 'deleteTable'; readonly table: string }
  | { readonly kind: 'tables' };

/**
 * Wraps a store so that it also records the requests it receives, in order.
 *
 * A scan is recorded once, however many pages it has.
 */
export function recordingStore(store: TableStore): {
  readonly store: TableStore;
  readonly requests: RecordedRequest[];
} {
  if (typeof (store as Partial<TableStore> | undefined)?.rows !== 'function')
    throw invalidOption('recordingStore', 'a TableStore', typeName(store));
  const requests: RecordedRequest[] = [];
  return {
    requests,
    store: wrapStore(store, {
      rows: (table, shape) => recordingRows(store.rows(table, shape), table, requests),
      submit(table, writes, options) {
        requests.push({ kind: 'submit', table, writes });
        return store.submit(table, writes, options);
      },
      createTable(table, options) {
        requests.push({ kind: 'createTable', table });
        return store.createTable(table, options);
      },
      deleteTable(table, options) {
        requests.push({ kind: 'deleteTable', table });
        return store.deleteTable(table, options);
      },
      tables(request, options) {
        requests.push({ kind: 'tables' });
        return store.tables(request, options);
      },
    }),
  };
}

function recordingRows(rows: Rows, table: string, requests: RecordedRequest[]): Rows {
  return wrapRows(rows, {
    get<R>(
      partitionKey: string,
      rowKey: string,
      decode: (row: RowReader) => R,
      request?: ReadRequest,
      options?: OperationOptions,
    ) {
      requests.push({ kind: 'get', table, partitionKey, rowKey });
      return rows.get(partitionKey, rowKey, decode, request, options);
    },
    scan(request, decode, options) {
      requests.push({ kind: 'scan', table, request });
      return rows.scan(request, decode, options);
    },
  });
}

/**
 * Returns each request as one word, for assertions on the whole list: `get`, `scan`, `insert`, `createTable`, … A
 * transaction appears as the modes of its writes, joined by `+`.
 */
export function requestNames(requests: readonly RecordedRequest[]): readonly string[] {
  if (!isList(requests)) throw invalidOption('requestNames', 'an array of requests', typeName(requests));
  return requests.map((request) =>
    request.kind === 'submit' ? request.writes.map(({ mode }) => mode).join('+') : request.kind,
  );
}

function isList(requests: readonly unknown[]): boolean {
  return Array.isArray(requests) && requests.every((request) => typeof request === 'object' && request !== null);
}
