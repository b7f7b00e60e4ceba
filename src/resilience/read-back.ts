import { etagOf } from '../edm/date-time.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { OutcomeUnknownDetails, StoreErrorDetails } from '../errors/error-details.js';
import { TIMESTAMP, type RowReader, type RowShape } from '../store/row.js';
import type { PreparedWrite, Rows, WriteMode, WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { contentOf, holdsMerge, isEmpty, sameContent } from './row-content.js';

/** A write whose response was lost, with the `Rows` that prepared it and can read its row. */
export interface DoubtfulWrite {
  readonly write: PreparedWrite;
  readonly rows: Rows;
  readonly shape: RowShape;
  readonly ifMatch?: string | undefined;
  readonly remove?: readonly string[] | undefined;
}

/**
 * Provides information about the other writes of this process to the same rows. `ConcurrentWrites.enter` returns an
 * implementation.
 */
export interface Arbiter {
  /** Called before the rows are read, so that other writes stop waiting for this one. */
  readsBack(): void;
  /** Waits until the outcome of the other writes is known. Resolves to `false` if there is no time for that. */
  othersDecided(options: OperationOptions): Promise<boolean>;
  /**
   * Returns what other writes prove about a write. `etag` is the current ETag of its row, `undefined` if there is no
   * row.
   */
  verdictOn(
    write: {
      readonly mode: WriteMode;
      readonly partitionKey: string;
      readonly rowKey: string;
      readonly ifMatch?: string | undefined;
    },
    etag: string | undefined,
  ): Verdict;
  /** Records that these writes produced the rows, so that no other write mistakes them for its own. */
  succeeded(receipts: readonly WriteReceipt[]): void;
}

/**
 * Conclusion about a write from the other writes of this process: it was not carried out; the current row comes from
 * another write, even if its content is the same; or nothing is known.
 */
export type Verdict = 'not-written' | 'anothers' | undefined;

/** Options of {@link readBack}. */
export interface ReadingBack extends OperationOptions {
  /**
   * Provides information about the other writes of this process, to tell their effects apart from those of this one.
   */
  readonly arbiter?: Arbiter | undefined;
  /** True if rows with the written content prove that the write was carried out; `true` by default. */
  readonly trustsContent?: boolean | undefined;
}

/** A conclusion about the write, drawn from the row as it is stored now. */
type Finding =
  /** The row is unchanged: the write was not carried out. */
  | 'as-before'
  /** The row has the content that the write produces. */
  | 'as-written'
  /**
   * The row has changed, but the write changes only the ETag, so the content does not show whether it was carried out.
   */
  | 'traceless'
  /**
   * There is no row, although the write creates or needs one: either it was not carried out, or another writer has
   * deleted the row since.
   */
  | 'missing'
  /**
   * The row has changed, but not to the content that the write produces: another write came first, or has changed the
   * row since.
   */
  | 'changed';

/** Outcome of writes that were submitted together. */
export type Settlement =
  | { readonly outcome: 'written'; readonly receipts: readonly WriteReceipt[] }
  | { readonly outcome: 'not-written' }
  | { readonly outcome: 'unknown'; readonly found: 'missing' | 'changed' | 'unread' };

interface RowFound {
  readonly finding: Finding;
  readonly etag: string | undefined;
}

/**
 * Maximum clock difference that the service accepts in a request, in milliseconds. A row whose timestamp is older than
 * a submission by more than this was not written by that submission.
 */
const CLOCKS_DIFFER = 15 * 60_000;

/** Maximum number of concurrent reads. */
const CONCURRENCY = 16;

/**
 * Determines the outcome of writes that were submitted together and whose response was lost, by reading their rows. The
 * writes are atomic: a single unchanged row proves that none was carried out, and only all rows together prove that all
 * were. Content does not identify its writer: rows with exactly the written content count as written by these writes,
 * unless they are known to be older or to come from another write.
 *
 * @param since Time of their first submission, in milliseconds since 1970 by this machine's clock.
 */
export async function readBack(
  writes: readonly DoubtfulWrite[],
  since: number,
  { arbiter, trustsContent = true, ...options }: ReadingBack = {},
): Promise<Settlement> {
  arbiter?.readsBack();
  const found = await readRows(writes, since, options);
  if (found === undefined) return { outcome: 'not-written' };
  if (arbiter === undefined) return outcomeOf(writes, found, since, trustsContent);
  if (!(await arbiter.othersDecided(options))) return { outcome: 'unknown', found: 'unread' };
  const own = found.map((row, index): RowFound => {
    const { write, ifMatch } = writes[index]!;
    const { mode, partitionKey, rowKey } = write;
    const verdict = arbiter.verdictOn({ mode, partitionKey, rowKey, ifMatch }, row.etag);
    if (verdict === 'not-written') return { etag: row.etag, finding: 'as-before' };
    return verdict === 'anothers' && row.finding !== 'as-before' ? { etag: row.etag, finding: 'changed' } : row;
  });
  const settlement = outcomeOf(writes, own, since, trustsContent);
  // There must be no `await` between determining the outcome and recording it: the next waiting write must already know
  // that these writes have produced the rows.
  if (settlement.outcome === 'written') arbiter.succeeded(settlement.receipts);
  return settlement;
}

/** Returns whether a write has the same effect when sent twice. A delete does not: the second finds no row. */
export function isRepeatable({
  mode,
  ifMatch,
}: {
  readonly mode: WriteMode;
  readonly ifMatch?: string | undefined;
}): boolean {
  return mode === 'upsert-merge' || mode === 'upsert-replace' || (ifMatch === '*' && mode !== 'delete');
}

function outcomeOf(
  writes: readonly DoubtfulWrite[],
  found: readonly RowFound[],
  since: number,
  trustsContent: boolean,
): Settlement {
  const is = (finding: Finding) => (row: RowFound) => row.finding === finding;
  if (found.some(is('as-before'))) return { outcome: 'not-written' };
  // If the content of one row differs from what these writes produce, another writer has changed that row, and may also
  // have written the rows whose content matches.
  const isAsWritten = found.every(({ finding }) => finding === 'as-written' || finding === 'traceless');
  if (
    trustsContent &&
    isAsWritten &&
    (found.every(is('as-written')) || found.some((row, at) => provesAll(writes[at]!, row)))
  ) {
    return { outcome: 'written', receipts: found.map((row, index) => receiptOf(writes[index]!, row, since)) };
  }
  if (!found.some(is('missing'))) return { outcome: 'unknown', found: 'changed' };
  // A single write that has the same effect when sent twice counts as not written: it makes no difference to its caller
  // whether the row did not exist at the time or has been deleted since.
  return writes.length === 1 && isRepeatable({ ...writes[0], mode: writes[0]!.write.mode })
    ? { outcome: 'not-written' }
    : { outcome: 'unknown', found: 'missing' };
}

/** Reads the rows of writes. Returns `undefined` if the table does not exist, so that nothing can have been written. */
async function readRows(
  writes: readonly DoubtfulWrite[],
  since: number,
  options: OperationOptions,
): Promise<readonly RowFound[] | undefined> {
  const found: RowFound[] = [];
  try {
    for (let from = 0; from < writes.length; from += CONCURRENCY) {
      const group = writes.slice(from, from + CONCURRENCY);
      found.push(...(await Promise.all(group.map((write) => readRow(write, since, options)))));
    }
  } catch (error) {
    if (EntitableError.is(error, 'store.table-not-found')) return undefined;
    throw error;
  }
  return found;
}

async function readRow(doubtful: DoubtfulWrite, since: number, options?: OperationOptions): Promise<RowFound> {
  const { write, rows } = doubtful;
  const { partitionKey, rowKey } = write;
  const findingNow = expectation(doubtful);
  const found = await rows.get(
    partitionKey,
    rowKey,
    (row) => ({ finding: findingOf(row, doubtful, since, findingNow), etag: row.etag }),
    { undeclared: true },
    options,
  );
  return found ?? { finding: write.mode === 'delete' ? 'as-written' : 'missing', etag: undefined };
}

function findingOf(
  row: RowReader,
  { ifMatch }: DoubtfulWrite,
  since: number,
  findingNow: (row: RowReader) => Finding,
): Finding {
  if (row.etag === ifMatch || row.milliseconds(TIMESTAMP) < since - CLOCKS_DIFFER) return 'as-before';
  return findingNow(row);
}

/**
 * Returns a function that compares the current row with the content that the write produces. That content is read
 * before any request, because a row reader can be positioned at only one row at a time.
 */
function expectation({ write, rows, shape, remove = [] }: DoubtfulWrite): (row: RowReader) => Finding {
  if (write.mode === 'delete') return () => 'changed';
  const written = contentOf(rows.reopen(rows.written(write, {})), shape);
  if (write.mode !== 'merge' && write.mode !== 'upsert-merge')
    return (row) => (sameContent(contentOf(row, shape), written) ? 'as-written' : 'changed');
  // An empty merge changes only the ETag. Every other write changes it as well, so the row does not show which one did.
  if (remove.length === 0 && isEmpty(written)) return () => 'traceless';
  return (row) => (holdsMerge(contentOf(row, shape), written, remove, shape) ? 'as-written' : 'changed');
}

/**
 * Returns whether a row proves that the whole transaction was carried out, because the row cannot have had its content
 * before. An unconditional write proves nothing, because the row may have had that content already. Neither does a
 * delete, because nothing shows who deleted the row.
 */
function provesAll({ write, ifMatch }: DoubtfulWrite, { finding }: RowFound): boolean {
  if (finding !== 'as-written') return false;
  return write.mode === 'insert' || (write.mode !== 'delete' && ifMatch !== undefined && ifMatch !== '*');
}

/**
 * Returns a receipt with the current ETag. If another write may have changed the row meanwhile, the receipt has an ETag
 * that no row has, so that a later write with this ETag as its condition fails.
 */
function receiptOf({ write }: DoubtfulWrite, { finding, etag }: RowFound, since: number): WriteReceipt {
  if (write.mode === 'delete') return {};
  return { etag: finding === 'as-written' && etag !== undefined ? etag : etagOf(since, 0) };
}

type Found = NonNullable<OutcomeUnknownDetails['found']>;

const FOUND: Readonly<Record<Found, string>> = {
  'as-before': 'Nothing of it stands now, but it may still be on its way.',
  missing: 'There is no such row: it was never made, or another writer has deleted it since.',
  changed: 'The row is another now: another writer was faster, or has changed it since.',
  unread: 'There was no time to read it back, or it could not be read.',
};

/**
 * Creates the `store.outcome-unknown` error for writes that may or may not have been carried out, with what reading
 * back has found.
 */
export function unknownOutcome(table: string, error: unknown, found: Found): EntitableError {
  const details = EntitableError.is(error, 'store.') ? (error.details as StoreErrorDetails) : { table };
  return new EntitableError(
    'store.outcome-unknown',
    `A write to table "${table}" was sent, and its answer was lost: the service may or may not have carried it out. ${FOUND[found]} ` +
      'Read what is there before trying again.',
    { ...details, found },
    { cause: EntitableError.is(error, 'store.outcome-unknown') ? error.cause : error },
  );
}
