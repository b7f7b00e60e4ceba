import type { RowReader } from '../../store/row.js';
import type { RowPage, ScanRequest } from '../../store/table-store.js';
import { continuationAfter, lastRowOf, type LastRow } from './continuation.js';
import type { RowSource, EngineRow, Boundary } from './ordered-rows.js';
import type { Predicate } from './predicate.js';
import type { EmbeddedRowReader } from './rows/embedded-row-reader.js';

/** Maximum number of rows that one page examines, so that a filter with few matches does not block the process. */
export const EXAMINED_ROWS = 20_000;

/**
 * The parts needed to read a page: a row reader, the compiled filter, the caller's decoder, and the maximum number of
 * rows in a page.
 */
export interface PageReading<R> {
  readonly reader: EmbeddedRowReader;
  readonly matches: Predicate | undefined;
  readonly decode: (row: RowReader) => R;
  readonly pageSize: number;
}

/** Reads one page synchronously, so that the page is a snapshot. It has a continuation only if more rows follow. */
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

  const visit = (row: EngineRow): boolean => {
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
  const onSkip = (row: EngineRow): boolean => {
    examined += 1;
    if (examined < EXAMINED_ROWS) return true;
    continuation = continuationAfter(last ?? keysOf(row), partition);
    return false;
  };

  visitRows(source, table, scanBounds(request), visit, onSkip);
  return continuation === undefined ? { rows } : { rows, continuation };
}

function keysOf({ partitionKey, rowKey }: EngineRow): LastRow {
  return { partitionKey, rowKey };
}

/** The bounds of a scan, and the range of row keys to read in each partition between them. */
export interface ScanBounds {
  readonly from: Boundary | undefined;
  readonly to: Boundary | undefined;
  readonly rowKey: ScanRequest['rowKey'];
}

/** Returns the bounds of a page: those of the request, but starting after its continuation if the request has one. */
function scanBounds({ partitionKey, rowKey, continuation }: ScanRequest): ScanBounds {
  const partition = typeof partitionKey === 'string' ? partitionKey : undefined;
  const bounds =
    partition === undefined ? rangeBounds(partitionKey as PartitionRange, rowKey) : partitionBounds(partition, rowKey);
  if (continuation === undefined) return bounds;
  return { ...bounds, from: later(bounds.from, { ...lastRowOf(continuation, partition), after: true }) };
}

/**
 * Returns the start of a request's bounds or the position of its continuation, whichever is later, because a
 * continuation may lie outside the bounds.
 */
function later(from: Boundary | undefined, continued: Required<Boundary>): Boundary {
  if (from === undefined || from.partitionKey < continued.partitionKey) return continued;
  if (from.partitionKey > continued.partitionKey) return from;
  if (from.rowKey === undefined) return from.after ? from : continued;
  return from.rowKey > continued.rowKey ? from : continued;
}

type PartitionRange = Exclude<ScanRequest['partitionKey'], string>;

function partitionBounds(partitionKey: string, rowKey: ScanRequest['rowKey']): ScanBounds {
  const { from, to } = rowKey ?? {};
  return {
    from:
      from === undefined
        ? { partitionKey, after: false }
        : { partitionKey, rowKey: from.value, after: !from.inclusive },
    to: to === undefined ? { partitionKey, after: true } : { partitionKey, rowKey: to.value, after: to.inclusive },
    rowKey: undefined,
  };
}

function rangeBounds(partitionKey: PartitionRange, rowKey: ScanRequest['rowKey']): ScanBounds {
  const { from, to } = partitionKey ?? {};
  return {
    from: from && { partitionKey: from.value, after: !from.inclusive },
    to: to && { partitionKey: to.value, after: to.inclusive },
    rowKey,
  };
}

/**
 * Visits the rows within bounds. If the bounds include a range of row keys, it seeks past the rows outside that range,
 * partition by partition, and calls `onSkip` with the first row of each skipped sequence. Either callback ends the
 * visit by returning `false`.
 */
function visitRows(
  source: RowSource,
  table: number,
  { from, to, rowKey }: ScanBounds,
  visit: (row: EngineRow) => boolean,
  onSkip: (row: EngineRow) => boolean,
): void {
  if (rowKey === undefined) {
    source.range(table, from, to, visit);
    return;
  }
  let next: Boundary | undefined = from;
  let seeks: boolean;
  do {
    seeks = false;
    source.range(table, next, to, (row) => {
      next = skip(row, rowKey);
      if (next === undefined) return visit(row);
      seeks = onSkip(row);
      return false;
    });
  } while (seeks);
}

/** Returns the boundary to continue at if the row key is outside the range; `undefined` if it is inside. */
function skip(
  { partitionKey, rowKey }: EngineRow,
  { from, to }: NonNullable<ScanRequest['rowKey']>,
): Boundary | undefined {
  if (from !== undefined && (from.inclusive ? rowKey < from.value : rowKey <= from.value)) {
    return { partitionKey, rowKey: from.value, after: !from.inclusive };
  }
  if (to !== undefined && (to.inclusive ? rowKey > to.value : rowKey >= to.value)) return { partitionKey, after: true };
  return undefined;
}
