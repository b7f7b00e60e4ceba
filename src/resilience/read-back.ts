import { etagOf } from '../edm/date-time.js';
import { TIMESTAMP, type RowReader, type RowShape } from '../store/row.js';
import type { OperationOptions, PreparedWrite, Rows, WriteMode, WriteReceipt } from '../store/table-store.js';
import { contentOf, holdsMerge, sameContent } from './row-content.js';

/** A write whose answer is missing, and the rows it was prepared by. */
export interface DoubtfulWrite {
  readonly write: PreparedWrite;
  readonly rows: Rows;
  readonly shape: RowShape;
  readonly ifMatch?: string | undefined;
  readonly remove?: readonly string[] | undefined;
}

/** Who else may have written the same rows, where that is known. */
export interface Arbiter {
  /** Waits until it is known what the others did; `false` when there is no time for that. */
  othersDecided(options: OperationOptions): Promise<boolean>;
  /** Whether what another did proves that a write was not carried out, where its row has this ETag, or none. */
  isRuledOut(
    write: { readonly mode: WriteMode; readonly rowKey: string; readonly ifMatch?: string | undefined },
    etag: string | undefined,
  ): boolean;
  /** Takes what stands there for one's own, so that no other does. */
  succeeded(receipts: readonly WriteReceipt[]): void;
}

/** What one row says of the write. */
type Finding =
  /** It is what it was: the write was not carried out. */
  | 'as-before'
  /** It is what the write makes of it. */
  | 'as-written'
  /** There is none, though the write makes or needs one. */
  | 'missing'
  /** It is neither what it was nor what the write makes of it. */
  | 'changed';

/** What became of writes that were submitted together. */
export type Settlement =
  | { readonly outcome: 'written'; readonly receipts: readonly WriteReceipt[] }
  | { readonly outcome: 'not-written' }
  | { readonly outcome: 'unknown'; readonly found: 'missing' | 'changed' | 'unread' };

interface RowFound {
  readonly finding: Finding;
  readonly etag: string | undefined;
}

/** The service refuses requests whose clock is further off, so nothing that is older was written since. */
const CLOCKS_DIFFER = 15 * 60_000;

/** Reads under way at once. */
const CONCURRENCY = 16;

/**
 * Settles what became of writes that were submitted together and whose answer was lost, by reading the rows they were to write. They
 * are all or nothing, so that any row that can tell decides for all. No two writers can be told apart by what they write: a row that
 * holds exactly what a write makes of it is taken for that write's, unless it is known to be older, or another's.
 *
 * @param since When they were first submitted, in milliseconds since 1970 by this machine's clock.
 * @param options.refused The index of the write that a later try was refused for, where there was one.
 * @param options.arbiter Knows the writers of this process, who can be told apart.
 */
export async function readBack(
  writes: readonly DoubtfulWrite[],
  since: number,
  {
    refused,
    arbiter,
    ...options
  }: OperationOptions & { readonly refused?: number | undefined; readonly arbiter?: Arbiter } = {},
): Promise<Settlement> {
  const found: RowFound[] = [];
  for (let from = 0; from < writes.length; from += CONCURRENCY) {
    const group = writes.slice(from, from + CONCURRENCY);
    found.push(...(await Promise.all(group.map((write) => readRow(write, since, options)))));
  }
  if (arbiter === undefined) return settle(writes, found, since, refused);
  if (!(await arbiter.othersDecided(options))) return { outcome: 'unknown', found: 'unread' };
  const own = found.map((row, index): RowFound => {
    const { write, ifMatch } = writes[index]!;
    const { mode, rowKey } = write;
    return arbiter.isRuledOut({ mode, rowKey, ifMatch }, row.etag) ? { etag: row.etag, finding: 'as-before' } : row;
  });
  const settlement = settle(writes, own, since, refused);
  // In the same breath: another that waits to settle must find it taken.
  if (settlement.outcome === 'written') arbiter.succeeded(settlement.receipts);
  return settlement;
}

function settle(
  writes: readonly DoubtfulWrite[],
  found: readonly RowFound[],
  since: number,
  refused: number | undefined,
): Settlement {
  const is = (finding: Finding) => (row: RowFound) => row.finding === finding;
  const isNotInserted = ({ finding }: RowFound, index: number): boolean =>
    finding === 'missing' && index !== refused && writes[index]!.write.mode === 'insert';
  if (found.some(is('as-before'))) return { outcome: 'not-written' };
  if (refused !== undefined && found.some(isNotInserted)) return { outcome: 'not-written' };
  const proven = found.some((row, index) => row.finding === 'as-written' && provesAll(writes[index]!));
  if (proven || found.every(is('as-written'))) {
    return { outcome: 'written', receipts: found.map((row, index) => receiptOf(writes[index]!, row, since)) };
  }
  const missing = found.some(is('missing'));
  // What needs a row and finds none leaves nothing behind, whoever took the row away.
  if (missing && writes.length === 1 && writes[0]!.write.mode !== 'insert') return { outcome: 'not-written' };
  return { outcome: 'unknown', found: missing ? 'missing' : 'changed' };
}

async function readRow(doubtful: DoubtfulWrite, since: number, options?: OperationOptions): Promise<RowFound> {
  const { write, rows } = doubtful;
  const { partitionKey, rowKey } = write;
  const looksAs = expectation(doubtful);
  const found = await rows.get(
    partitionKey,
    rowKey,
    (row) => ({ finding: findingOf(row, doubtful, since, looksAs), etag: row.etag }),
    { undeclared: true },
    options,
  );
  return found ?? { finding: write.mode === 'delete' ? 'as-written' : 'missing', etag: undefined };
}

function findingOf(
  row: RowReader,
  { ifMatch }: DoubtfulWrite,
  since: number,
  isAsWritten: (row: RowReader) => boolean,
): Finding {
  if (row.etag === ifMatch || row.milliseconds(TIMESTAMP) < since - CLOCKS_DIFFER) return 'as-before';
  return isAsWritten(row) ? 'as-written' : 'changed';
}

/** What the row is after the write. Read before any request: readers stand on one row at a time. */
function expectation({ write, rows, shape, remove = [] }: DoubtfulWrite): (row: RowReader) => boolean {
  if (write.mode === 'delete') return () => false;
  const written = contentOf(rows.reopen(rows.written(write, {})), shape);
  const merges = write.mode === 'merge' || write.mode === 'upsert-merge';
  return (row) => {
    const content = contentOf(row, shape);
    return merges ? holdsMerge(content, written, remove, shape) : sameContent(content, written);
  };
}

/** Whether the row could not have looked so before: an unconditional write may have found it as it makes it. */
function provesAll({ write, ifMatch }: DoubtfulWrite): boolean {
  return write.mode === 'insert' || (ifMatch !== undefined && ifMatch !== '*');
}

/** The ETag the row has now. A row that another has changed meanwhile gets one that no row has, so that a condition on it fails. */
function receiptOf({ write }: DoubtfulWrite, { finding, etag }: RowFound, since: number): WriteReceipt {
  if (write.mode === 'delete') return {};
  return { etag: finding === 'as-written' && etag !== undefined ? etag : etagOf(since, 0) };
}
