import type { StaleEntry } from '../errors/write-reports.js';
import { Deadline } from '../async/deadline.js';
import type { PreparedWrite, TableStore, WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import {
  entriesAfter,
  entriesBefore,
  haveEntries,
  lateWrite,
  limitedTo,
  outcomeOfError,
  timeFor,
  tooLate,
} from './apart-phases.js';
import type { TableWrite } from './batch.js';
import { OtherRows } from './other-rows.js';
import { operationOf, type BatchFailure } from './refusals.js';

/** The functions that `submitBatch` calls to send a transaction and to report the outcome of each write. */
export interface BatchSubmission<W extends TableWrite> {
  /**
   * Sends writes as one transaction. If a refused write is left out, this is called again with the other writes,
   * because nothing of a refused transaction is written. `within` is the number of milliseconds after which the writes
   * must not be sent any more, if there is such a limit.
   */
  readonly submit: (writes: readonly PreparedWrite[], within?: number) => Promise<readonly WriteReceipt[]>;
  /**
   * The options for the requests that go with the transaction: reads after the refusal of a further row of a group, and
   * entries of indexes with partitions of their own.
   */
  readonly options?: OperationOptions | undefined;
  /** Called for each write of the transaction that succeeded. */
  readonly onWritten: (write: W, receipt: WriteReceipt) => unknown;
  /**
   * Called for a write that the store refused, or whose group it refused. Returns true to leave the group out and send
   * the others again, e.g. for a delete whose row may be missing; false ends the batch.
   */
  readonly onRefused: (write: W, error: unknown) => boolean;
  /** Returns true once nothing more may be sent. Called before each transaction. */
  readonly stopped?: (() => boolean) | undefined;
  /**
   * Called with entries of indexes with partitions of their own that may be stale, i.e. superfluous but not deleted.
   */
  readonly onStale?: ((entries: readonly StaleEntry[]) => void) | undefined;
}

/** Writes of a batch that were not written because an error or `stopped` ended it. */
export interface UnwrittenBatch<W> {
  /** All writes that were not carried out, in order, including the refused one. */
  readonly unwritten: readonly W[];
  /** Absent if `stopped` ended the batch. */
  readonly failure?: BatchFailure<W>;
}

/**
 * Submits writes as one transaction, for bulk writes, units of work and writes by filter. A refused transaction writes
 * nothing, so a write that `onRefused` leaves out costs one more request, which sends the others. A further row of a
 * group that the store refuses is replaced or left out as the row's `refused` decides, which costs one more request,
 * too. Returns `undefined` when nothing is left to write.
 *
 * Entries of indexes with partitions of their own are written before the transaction, and old ones deleted after it. A
 * caller that gives up writes which this function returns as unwritten passes them to `entriesAfter`.
 */
export async function submitBatch<W extends TableWrite>(
  writes: readonly W[],
  submission: BatchSubmission<W>,
): Promise<UnwrittenBatch<W> | undefined> {
  const { submit, onWritten, onRefused, stopped, onStale } = submission;
  const others = writes.some((write) => write.others !== undefined) ? new OtherRows<W>() : undefined;
  const hasEntries = haveEntries(writes);
  let left = writes;
  const leavesOut = async (refused: W, cause: unknown): Promise<boolean> => {
    if (!onRefused(refused, cause)) return false;
    left = left.filter((write) => write !== refused);
    if (hasEntries) await entriesAfter([refused], 'not-written', { options: submission.options, cause, onStale });
    return true;
  };
  if (hasEntries && stopped?.() !== true) {
    for (const [refused, error] of await entriesBefore(left, submission.options ?? {})) {
      if (!(await leavesOut(refused, error))) return { unwritten: left, failure: { error, refused, isRefusal: true } };
    }
  }
  while (left.length > 0) {
    if (stopped?.() === true) return { unwritten: left };
    const late = hasEntries ? lateWrite(left) : undefined;
    if (late !== undefined) {
      const error = tooLate(late.table);
      return { unwritten: left, failure: { error, refused: late, isRefusal: true } };
    }
    const rows = others?.rowsOf(left);
    const sent = (rows ?? left).map(({ write }) => write);
    let receipts: readonly WriteReceipt[];
    try {
      receipts = await (hasEntries ? submit(sent, timeFor(left)) : submit(sent));
    } catch (error) {
      const failure: BatchFailure<W> | undefined =
        others === undefined || rows === undefined
          ? { error, refused: left.length === 1 ? left[0] : left[operationOf(error) ?? -1] }
          : await others.refused(rows, left, error, submission.options ?? {});
      if (failure === undefined) continue;
      const { refused } = failure;
      if (refused === undefined || !(await leavesOut(refused, failure.error))) return { unwritten: left, failure };
      continue;
    }
    if (rows === undefined) left.forEach((write, index) => onWritten(write, receipts[index] ?? {}));
    else rows.forEach((row, index) => row.other === undefined && onWritten(row.item, receipts[index] ?? {}));
    if (hasEntries) await entriesAfter(left, 'written', { options: submission.options, onStale });
    break;
  }
  return undefined;
}

/**
 * Submits one write with its group as one transaction, for verbs that write at once. Resolves to the receipt of the
 * write itself. Throws the store's error for it, the error of a further row's `refused`, or `entity.not-unique` for a
 * unique index with partitions of its own.
 */
export async function submitGroup(
  store: TableStore,
  table: string,
  { write, others, apart }: Pick<TableWrite, 'write' | 'others' | 'apart'>,
  options: OperationOptions | undefined,
): Promise<WriteReceipt> {
  const deadline = new Deadline(options);
  let receipt: WriteReceipt = {};
  const rest = await submitBatch([{ table, write, others, apart }], {
    submit: (writes, within) => store.submit(table, writes, limitedTo(deadline.rest, within)),
    get options() {
      return deadline.rest;
    },
    onWritten: (_, written) => (receipt = written),
    onRefused: () => false,
  });
  if (rest?.failure === undefined) return receipt;
  const { error, isRefusal } = rest.failure;
  const outcome = isRefusal === true ? 'not-written' : outcomeOfError(error);
  await entriesAfter(rest.unwritten, outcome, { options: deadline.rest, cause: error });
  throw error;
}
