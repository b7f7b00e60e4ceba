import { etagOf } from '../edm/date-time.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { OutcomeUnknownDetails, StoreErrorDetails } from '../errors/error-details.js';
import { TIMESTAMP, type RowReader, type RowShape } from '../store/row.js';
import type { PreparedWrite, Rows, WriteMode, WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { contentOf, holdsMerge, isEmpty, sameContent } from './row-content.js';

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
  /** Called before the rows are read: others need not wait for this one any more. */
  readsBack(): void;
  /** Waits until it is known what the others did; `false` when there is no time for that. */
  othersDecided(options: OperationOptions): Promise<boolean>;
  /** What others prove of a write whose row has this ETag, or none. */
  verdictOn(
    write: {
      readonly mode: WriteMode;
      readonly partitionKey: string;
      readonly rowKey: string;
      readonly ifMatch?: string | undefined;
    },
    etag: string | undefined,
  ): Verdict;
  /** Takes what stands there for one's own, so that no other does. */
  succeeded(receipts: readonly WriteReceipt[]): void;
}

/** It was not carried out; or the row is as another write left it, whatever it holds; or nothing is known. */
export type Verdict = 'not-written' | 'anothers' | undefined;

/** How writes are read back. */
export interface ReadingBack extends OperationOptions {
  /** Knows the writers of this process, who can be told apart. */
  readonly arbiter?: Arbiter | undefined;
  /** Whether rows that hold what was written prove that it was; `true` by default. */
  readonly trustsContent?: boolean | undefined;
}

/** What one row says of the write. */
type Finding =
  /** It is what it was: the write was not carried out. */
  | 'as-before'
  /** It is what the write makes of it. */
  | 'as-written'
  /** It is not what it was, and the write changes nothing of it but the ETag: it may have been carried out. */
  | 'traceless'
  /** There is none, though the write makes or needs one: it was not carried out, or another has deleted the row since. */
  | 'missing'
  /** It is neither what it was nor what the write makes of it: another was faster, or has changed the row since. */
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
 * are all or nothing: one row that is as before tells that none was written, and that all were is told by all of them together. No two
 * writers can be told apart by what they write: rows that hold exactly what the writes make of them are taken for theirs, unless one is
 * known to be older, or another's.
 *
 * @param since When they were first submitted, in milliseconds since 1970 by this machine's clock.
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
  // In the same breath: another that waits to settle must find it taken.
  if (settlement.outcome === 'written') arbiter.succeeded(settlement.receipts);
  return settlement;
}

/** Whether doing a write twice is the same as once. A delete is not: the second finds nothing. */
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
  // A row that contradicts is another writer's, who may as well have written what agrees.
  const isAsWritten = found.every(({ finding }) => finding === 'as-written' || finding === 'traceless');
  if (
    trustsContent &&
    isAsWritten &&
    (found.every(is('as-written')) || found.some((row, at) => provesAll(writes[at]!, row)))
  ) {
    return { outcome: 'written', receipts: found.map((row, index) => receiptOf(writes[index]!, row, since)) };
  }
  if (!found.some(is('missing'))) return { outcome: 'unknown', found: 'changed' };
  // What needs a row, whichever it is, and finds none is the same whether it came before the row was taken away or after.
  return writes.length === 1 && isRepeatable({ ...writes[0], mode: writes[0]!.write.mode })
    ? { outcome: 'not-written' }
    : { outcome: 'unknown', found: 'missing' };
}

/** Reads the rows of writes; `undefined` if the table is missing, so that nothing was written. */
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

/** What a row that is not as before says. What the write makes of it is read before any request: readers stand on one row at a time. */
function expectation({ write, rows, shape, remove = [] }: DoubtfulWrite): (row: RowReader) => Finding {
  if (write.mode === 'delete') return () => 'changed';
  const written = contentOf(rows.reopen(rows.written(write, {})), shape);
  if (write.mode !== 'merge' && write.mode !== 'upsert-merge')
    return (row) => (sameContent(contentOf(row, shape), written) ? 'as-written' : 'changed');
  // A merge of nothing leaves no trace but another ETag, which any other write leaves as well.
  if (remove.length === 0 && isEmpty(written)) return () => 'traceless';
  return (row) => (holdsMerge(contentOf(row, shape), written, remove, shape) ? 'as-written' : 'changed');
}

/**
 * Whether the row could not have looked so before. Unconditional writes may have found it as they make it, and whoever deleted a row
 * left nothing to tell him by.
 */
function provesAll({ write, ifMatch }: DoubtfulWrite, { finding }: RowFound): boolean {
  if (finding !== 'as-written') return false;
  return write.mode === 'insert' || (write.mode !== 'delete' && ifMatch !== undefined && ifMatch !== '*');
}

/** The ETag the row has now. A row that another may have changed meanwhile gets one that no row has, so that a condition on it fails. */
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

/** That nobody can tell whether writes were carried out, and what was found of them. */
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
