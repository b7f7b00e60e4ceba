import type { EntityMapper } from '../mapping/entity-mapper.js';
import type { EntityRows } from '../mapping/entity-rows.js';
import type { ReadOptions } from '../query/query.js';
import type { RowReader } from '../store/row.js';
import type { RowPage, Rows } from '../store/table-store.js';
import type { TrackedReads } from './tracked-reads.js';

/** What queries of a unit of work read: the store's rows without those that the unit has removed, as the entities it tracks. */
export function unitRows<T extends object>(mapper: EntityMapper<T>, reads: TrackedReads<T>): EntityRows<T> {
  return {
    metadata: mapper.metadata,
    store: mapper.store,
    table: mapper.table,
    queries: mapper.queries,
    rows: remainingRows(mapper.rows, reads),
    decode: reads.decode,
    checkKeys: mapper.checkKeys,
    project: (names) => mapper.project(names),
  };
}

const REMOVED = Symbol('removed');

function remainingRows<T extends object>(rows: Rows, reads: TrackedReads<T>): Rows {
  const unlessRemoved =
    <R>(decode: (row: RowReader) => R, { refresh = false }: ReadOptions = {}) =>
    (row: RowReader): R | typeof REMOVED =>
      reads.isRemoved(row) ? REMOVED : reads.decoding(refresh, () => decode(row));

  return {
    async get<R>(...[partitionKey, rowKey, decode, request, options]: Parameters<typeof rows.get<R>>) {
      const found = await rows.get(partitionKey, rowKey, unlessRemoved(decode, options), request, options);
      return found === REMOVED ? undefined : found;
    },
    async *scan<R>(...[request, decode, options]: Parameters<typeof rows.scan<R>>): AsyncGenerator<RowPage<R>> {
      for await (const page of rows.scan(request, unlessRemoved(decode, options), options)) {
        yield { ...page, rows: page.rows.filter((row): row is Exclude<typeof row, typeof REMOVED> => row !== REMOVED) };
      }
    },
    reopen: (row) => rows.reopen(row),
    prepare: (operation) => rows.prepare(operation),
    written: (write, receipt, before) => rows.written(write, receipt, before),
  };
}
