import { Deadline } from '../async/deadline.js';
import type { PreparedWrite, TableStore, WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { TableWrite } from './batch.js';
import { OtherRows } from './other-rows.js';
import { operationOf, type BatchFailure } from './refusals.js';

/** The functions that `submitBatch` calls to send a transaction and to report the outcome of each write. */
export interface BatchSubmission<W extends TableWrite> {
  /**
   * Sends writes as one transaction. If a refused write is left out, this is called again with the other writes,
   * because nothing of a refused transaction is written.
   */
  readonly submit: (writes: readonly PreparedWrite[]) => Promise<readonly WriteReceipt[]>;
  /** The options for the reads that follow the refusal of a further row of a group. */
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
}

/** Writes of a batch that were not written because an error or `stopped` ended it. */
export interface UnwrittenBatch<W> {
  /** All unwritten writes in their order, the refused one among them. */
  readonly unwritten: readonly W[];
  /** Absent if `stopped` ended the batch. */
  readonly failure?: BatchFailure<W>;
}

/**
 * Submits writes as one transaction, for bulk writes, units of work and writes by filter. A refused transaction writes
 * nothing, so a write that `onRefused` leaves out costs one more request, which sends the others. A further row of a
 * group that the store refuses is replaced or left out as its `refused` says, which costs one more request, too.
 * Returns `undefined` when nothing is left to write.
 */
export async function submitBatch<W extends TableWrite>(
  writes: readonly W[],
  submission: BatchSubmission<W>,
): Promise<UnwrittenBatch<W> | undefined> {
  const { submit, onWritten, onRefused, stopped } = submission;
  const others = writes.some((write) => write.others !== undefined) ? new OtherRows<W>() : undefined;
  for (let left = writes; left.length > 0;) {
    if (stopped?.() === true) return { unwritten: left };
    const rows = others?.rowsOf(left);
    let receipts: readonly WriteReceipt[];
    try {
      receipts = await submit((rows ?? left).map(({ write }) => write));
    } catch (error) {
      const failure: BatchFailure<W> | undefined =
        others === undefined || rows === undefined
          ? { error, refused: left.length === 1 ? left[0] : left[operationOf(error) ?? -1] }
          : await others.refused(rows, left, error, submission.options ?? {});
      if (failure === undefined) continue;
      const { refused } = failure;
      if (refused === undefined || !onRefused(refused, failure.error)) return { unwritten: left, failure };
      left = left.filter((write) => write !== refused);
      continue;
    }
    if (rows === undefined) left.forEach((write, index) => onWritten(write, receipts[index] ?? {}));
    else rows.forEach((row, index) => row.other === undefined && onWritten(row.item, receipts[index] ?? {}));
    break;
  }
  return undefined;
}

/**
 * Submits one write with its group as one transaction, for verbs that write at once. Resolves to the receipt of the
 * write itself. Throws the store's error for it, or the error of a further row's `refused`.
 */
export async function submitGroup(
  store: TableStore,
  table: string,
  { write, others }: Pick<TableWrite, 'write' | 'others'>,
  options: OperationOptions | undefined,
): Promise<WriteReceipt> {
  if (others === undefined) return (await store.submit(table, [write], options))[0] ?? {};
  const deadline = new Deadline(options);
  let receipt: WriteReceipt = {};
  const rest = await submitBatch([{ table, write, others }], {
    submit: (writes) => store.submit(table, writes, deadline.rest),
    get options() {
      return deadline.rest;
    },
    onWritten: (_, written) => (receipt = written),
    onRefused: () => false,
  });
  if (rest?.failure !== undefined) throw rest.failure.error;
  return receipt;
}
