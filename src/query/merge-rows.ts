import { PARTITION_KEY, ROW_KEY, type RowReader } from '../store/row.js';
import type { ReadRequest, ScanRequest } from '../store/table-store.js';

/** A decoder of rows, with the parts of the request that it depends on, such as the selected properties. */
export interface RowReading<out R> {
  readonly request: ReadRequest & Pick<ScanRequest, 'rawFilter'>;
  readonly decode: (row: RowReader) => R;
  /** Returns the place of the entity, in a reading of the entries of an index without their entities. */
  readonly entityOf?: ((row: RowReader) => RowPlace) | undefined;
}

/** The position of a row in key order. */
export interface RowPlace {
  /** The stored partition key. */
  readonly partitionKey: string;
  /** The stored row key. */
  readonly rowKey: string;
}

/** A decoded row with its position. */
export interface KeyedRow<out R> extends RowPlace {
  readonly value: R;
}

/**
 * Extends a {@link RowReading} so that it returns each value together with the position of its row, or with another
 * position.
 */
export function keyedReading<R>(
  { decode, ...others }: RowReading<R>,
  placeOf?: (row: RowReader) => RowPlace,
): RowReading<KeyedRow<R>> {
  return {
    ...others,
    decode:
      placeOf === undefined
        ? (row) => ({ partitionKey: row.string(PARTITION_KEY), rowKey: row.string(ROW_KEY), value: decode(row) })
        : (row) => ({ ...placeOf(row), value: decode(row) }),
  };
}

/** Compares two rows by partition key, then by row key, both in the order of UTF-16 code units. */
export function comparePlaces(left: RowPlace, right: RowPlace): number {
  if (left.partitionKey !== right.partitionKey) return left.partitionKey < right.partitionKey ? -1 : 1;
  return left.rowKey < right.rowKey ? -1 : left.rowKey > right.rowKey ? 1 : 0;
}

/** A source of rows in key order, page by page. */
export type MergeSource<R> = AsyncGenerator<readonly KeyedRow<R>[], void, undefined>;

/** A source and its current page, of which the rows from the index `next` on are not merged yet. */
interface Waiting<R> {
  readonly source: MergeSource<R>;
  readonly rows: readonly KeyedRow<R>[];
  readonly next: number;
}

/** A page of merged rows. `more` is true if more rows follow. */
export interface MergedRows<R> {
  readonly rows: readonly KeyedRow<R>[];
  readonly more: boolean;
}

/**
 * Merges sources that are each in key order, keeping one page of each in memory. A row that several sources contain is
 * returned once.
 *
 * @param concurrency - The number of sources whose first pages are read at once.
 */
export async function* mergeRows<R>(
  sources: readonly MergeSource<R>[],
  pageSize: number,
  concurrency: number,
): AsyncGenerator<MergedRows<R>, void, undefined> {
  try {
    let waiting = await firstPages(sources, concurrency);
    let page: KeyedRow<R>[] = [];
    let last: KeyedRow<R> | undefined;
    while (waiting.length > 0) {
      const least = waiting.reduce((left, right) => (comparePlaces(head(right), head(left)) < 0 ? right : left));
      const row = head(least);
      if (last === undefined || comparePlaces(last, row) !== 0) page.push((last = row));
      const left =
        least.next + 1 < least.rows.length ? { ...least, next: least.next + 1 } : await nextPage(least.source);
      waiting = waiting.flatMap((one) => (one !== least ? [one] : left === undefined ? [] : [left]));
      if (page.length === pageSize) {
        yield { rows: page, more: waiting.length > 0 };
        page = [];
      }
    }
    if (page.length > 0) yield { rows: page, more: false };
  } finally {
    await Promise.allSettled(sources.map((source) => source.return()));
  }
}

function head<R>({ rows, next }: Waiting<R>): KeyedRow<R> {
  return rows[next]!;
}

async function nextPage<R>(source: MergeSource<R>): Promise<Waiting<R> | undefined> {
  for (;;) {
    const page = await source.next();
    if (page.done === true) return undefined;
    if (page.value.length > 0) return { source, rows: page.value, next: 0 };
  }
}

async function firstPages<R>(sources: readonly MergeSource<R>[], concurrency: number): Promise<Waiting<R>[]> {
  const waiting: Waiting<R>[] = [];
  for (let first = 0; first < sources.length; first += concurrency) {
    const pages = await Promise.all(sources.slice(first, first + concurrency).map(nextPage));
    waiting.push(...pages.filter((page) => page !== undefined));
  }
  return waiting;
}
