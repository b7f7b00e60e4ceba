import type { RowReader } from '../../store/row.js';
import type { RowPage, ScanRequest } from '../../store/table-store.js';
import { continuationAfter, type LastRow } from './continuation.js';
import type { RowSource } from './ordered-rows.js';
import type { Predicate } from './predicate.js';
import type { RowFlyweight } from './row-flyweight.js';
import { scanBounds, visitRows } from './scan-bounds.js';

/** Rows that one page looks at, so that a filter that matches little does not keep the process from other work. */
export const EXAMINED_ROWS = 20_000;

/** What a page is made with. */
export interface PageReading<R> {
  readonly reader: RowFlyweight;
  readonly matches: Predicate | undefined;
  readonly decode: (row: RowReader) => R;
  readonly pageSize: number;
}

/** Reads one page in one go, so that it is a snapshot; it has a continuation only where a row follows. */
export function scanPage<R>(
  source: RowSource,
  table: number,
  request: ScanRequest,
  { reader, matches, decode, pageSize }: PageReading<R>,
): RowPage<R> {
  const rows: R[] = [];
  let examined = 0;
  let last: LastRow | undefined;
  let continuation: string | undefined;
  visitRows(source, table, scanBounds(request), (row) => {
    if (last !== undefined) {
      continuation = continuationAfter(
        last,
        typeof request.partitionKey === 'string' ? request.partitionKey : undefined,
      );
      return false;
    }
    reader.on(row);
    if (matches === undefined || matches(reader)) rows.push(decode(reader));
    examined += 1;
    if (rows.length === pageSize || examined === EXAMINED_ROWS) {
      last = { partitionKey: row.partitionKey, rowKey: row.rowKey };
    }
    return true;
  });
  return continuation === undefined ? { rows } : { rows, continuation };
}
