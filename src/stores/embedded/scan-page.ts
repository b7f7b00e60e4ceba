import type { RowReader } from '../../store/row.js';
import type { RowPage, ScanRequest } from '../../store/table-store.js';
import { continuationAfter, type LastRow } from './continuation.js';
import type { RowSource, StoredRow } from './ordered-rows.js';
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
  const partition = typeof request.partitionKey === 'string' ? request.partitionKey : undefined;
  const rows: R[] = [];
  let examined = 0;
  let last: LastRow | undefined;
  let continuation: string | undefined;

  const visit = (row: StoredRow): boolean => {
    if (last !== undefined) {
      continuation = continuationAfter(last, partition);
      return false;
    }
    reader.on(row);
    if (matches === undefined || matches(reader)) rows.push(decode(reader));
    examined += 1;
    if (rows.length === pageSize || examined >= EXAMINED_ROWS) last = keysOf(row);
    return true;
  };
  const onSkip = (row: StoredRow): boolean => {
    examined += 1;
    if (examined < EXAMINED_ROWS) return true;
    continuation = continuationAfter(last ?? keysOf(row), partition);
    return false;
  };

  visitRows(source, table, scanBounds(request), visit, onSkip);
  return continuation === undefined ? { rows } : { rows, continuation };
}

function keysOf({ partitionKey, rowKey }: StoredRow): LastRow {
  return { partitionKey, rowKey };
}
