import type { ScanRequest } from '../../store/table-store.js';
import { lastRowOf } from './continuation.js';
import type { Place, RowSource, StoredRow } from './ordered-rows.js';

/** Where a scan begins and ends, and the row keys it wants of each partition between. */
export interface ScanBounds {
  readonly from: Place | undefined;
  readonly to: Place | undefined;
  readonly rowKey: ScanRequest['rowKey'];
}

/** The bounds of a page: those of its request, from its continuation on. */
export function scanBounds({ partitionKey, rowKey, continuation }: ScanRequest): ScanBounds {
  const partition = typeof partitionKey === 'string' ? partitionKey : undefined;
  const bounds =
    partition === undefined ? rangeBounds(partitionKey as PartitionRange, rowKey) : partitionBounds(partition, rowKey);
  if (continuation === undefined) return bounds;
  return { ...bounds, from: later(bounds.from, { ...lastRowOf(continuation, partition), after: true }) };
}

/** The later of the beginning of a request and the place of its continuation, which is not believed to be within the bounds. */
function later(from: Place | undefined, continued: Required<Place>): Place {
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
 * Visits the rows within bounds; rows that a range of row keys leaves out are skipped by seeking, partition by partition. Either function
 * ends it by `false`.
 */
export function visitRows(
  source: RowSource,
  table: number,
  { from, to, rowKey }: ScanBounds,
  visit: (row: StoredRow) => boolean,
  onSkip: (row: StoredRow) => boolean,
): void {
  if (rowKey === undefined) {
    source.range(table, from, to, visit);
    return;
  }
  let next: Place | undefined = from;
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

/** Where to go on when a row's key is outside the range; `undefined` when it is inside. */
function skip(
  { partitionKey, rowKey }: StoredRow,
  { from, to }: NonNullable<ScanRequest['rowKey']>,
): Place | undefined {
  if (from !== undefined && (from.inclusive ? rowKey < from.value : rowKey <= from.value)) {
    return { partitionKey, rowKey: from.value, after: !from.inclusive };
  }
  if (to !== undefined && (to.inclusive ? rowKey > to.value : rowKey >= to.value)) return { partitionKey, after: true };
  return undefined;
}
