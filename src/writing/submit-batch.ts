import { EntitableError } from '../errors/entitable-error.js';
import type { PreparedWrite, WriteReceipt } from '../store/table-store.js';
import type { TableWrite } from './batch.js';

/** The functions that `submitBatch` calls to send a transaction and to report the outcome of each write. */
export interface BatchSubmission<W extends TableWrite> {
  /**
   * Sends writes as one transaction. If a refused write is left out, this is called again with the other writes,
   * because nothing of a refused transaction is written.
   */
  readonly submit: (writes: readonly PreparedWrite[]) => Promise<readonly WriteReceipt[]>;
  /** Called for each write of the transaction that succeeded. */
  readonly onWritten: (write: W, receipt: WriteReceipt) => unknown;
  /**
   * Called for a write that the store refused. Returns true to leave it out and send the others again, e.g. for a
   * delete whose row may be missing; false ends the batch.
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

/** Error of the last transaction of a batch. */
export interface BatchFailure<W> {
  readonly error: unknown;
  /** The write that the store refused, if the error is about one write and names it. */
  readonly refused: W | undefined;
}

/**
 * Submits writes as one transaction, for bulk writes, units of work and writes by filter. A refused transaction writes
 * nothing, so a write that `onRefused` leaves out costs one more request, which sends the others. Returns `undefined`
 * when nothing is left to write.
 */
export async function submitBatch<W extends TableWrite>(
  writes: readonly W[],
  { submit, onWritten, onRefused, stopped }: BatchSubmission<W>,
): Promise<UnwrittenBatch<W> | undefined> {
  for (let left = writes; left.length > 0;) {
    if (stopped?.() === true) return { unwritten: left };
    let receipts: readonly WriteReceipt[];
    try {
      receipts = await submit(left.map(({ write }) => write));
    } catch (error) {
      const refused = left.length === 1 ? left[0] : refusedWrite(left, error);
      if (refused === undefined || !onRefused(refused, error)) return { unwritten: left, failure: { error, refused } };
      left = left.filter((write) => write !== refused);
      continue;
    }
    left.forEach((write, index) => onWritten(write, receipts[index] ?? {}));
    break;
  }
  return undefined;
}

/** The write that a store's error names by its index in the transaction; `undefined` if the error names none. */
function refusedWrite<W>(writes: readonly W[], error: unknown): W | undefined {
  if (!EntitableError.is(error, 'store.') || !('operation' in error.details)) return undefined;
  const { operation } = error.details;
  return operation === undefined ? undefined : writes[operation];
}

/** Codes of the refusals that concern one write, and not the state of the store or the connection to it. */
const OF_WRITES: readonly string[] = [
  'store.already-exists',
  'store.not-found',
  'store.precondition-failed',
  'store.rejected',
];

/**
 * Returns whether a store refused a write for a reason that concerns only that write, so that the rest of its
 * transaction can be written without it.
 */
export function isOfWrite(error: unknown): error is EntitableError {
  return EntitableError.is(error) && OF_WRITES.includes(error.code);
}
