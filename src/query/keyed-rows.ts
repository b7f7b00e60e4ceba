import { PARTITION_KEY, ROW_KEY, type RowReader } from '../store/row.js';
import type { ReadRequest, ScanRequest } from '../store/table-store.js';

/** What to make of each row, and what that asks of the store. */
export interface Reading<out R> {
  readonly request: ReadRequest & Pick<ScanRequest, 'rawFilter'>;
  readonly decode: (row: RowReader) => R;
}

/** Where a row stands in the order of keys. */
export interface RowPlace {
  /** The stored partition key. */
  readonly partitionKey: string;
  /** The stored row key. */
  readonly rowKey: string;
}

/** What a row was made, and where it stands. */
export interface KeyedRow<out R> extends RowPlace {
  readonly value: R;
}

/** Reads the same, and where each row stands. */
export function keyedReading<R>({ request, decode }: Reading<R>): Reading<KeyedRow<R>> {
  return {
    request,
    decode: (row) => ({ partitionKey: row.string(PARTITION_KEY), rowKey: row.string(ROW_KEY), value: decode(row) }),
  };
}

/** How two rows sort: by partition key, then by row key, both by UTF-16 unit. */
export function comparePlaces(left: RowPlace, right: RowPlace): number {
  if (left.partitionKey !== right.partitionKey) return left.partitionKey < right.partitionKey ? -1 : 1;
  return left.rowKey < right.rowKey ? -1 : left.rowKey > right.rowKey ? 1 : 0;
}
