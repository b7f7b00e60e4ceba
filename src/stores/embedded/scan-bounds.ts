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
  return continuation === undefined
    ? bounds
    : { ...bounds, from: { ...lastRowOf(continuation, partition), after: true } };
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

/** Visits the rows within bounds; rows that a range of row keys leaves out are skipped by seeking, partition by partition. */
export function visitRows(
  source: RowSource,
  table: number,
  { from, to, rowKey }: ScanBounds,
  visit: (row: StoredRow) => boolean,
): void {
  if (rowKey === undefined) {
    source.range(table, from, to, visit);
    return;
  }
  let next: Place | undefined = from;
  let seek: boolean;
  do {
    seek = false;
    source.range(table, next, to, (row) => {
      const place = skip(row, rowKey);
      if (place === undefined) return visit(row);
      next = place;
      seek = true;
      return false;
    });
  } while (seek);
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
