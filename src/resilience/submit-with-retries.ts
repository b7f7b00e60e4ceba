import { EntitableError } from '../errors/entitable-error.js';
import type { OutcomeUnknownDetails } from '../errors/error-details.js';
import type { Operation } from '../observability/operation.js';
import type { TableStore, WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { isWronglyAnswered, remedyFor } from './classify.js';
import type { RecoverableWrite } from './resilient-rows.js';
import { isRepeatable, readBack, unknownOutcome, type Settlement } from './read-back.js';
import type { RetryPolicy } from './retry-settings.js';
import type { InFlightWrite, ConcurrentWrites } from './concurrent-writes.js';
import { Attempts } from './attempts.js';

/**
 * The parts needed to submit writes to one table: the store, the retry policy, the observed operation and the register
 * of concurrent writes.
 */
export interface Submission {
  readonly store: TableStore;
  readonly table: string;
  readonly policy: RetryPolicy;
  readonly operation: Operation;
  readonly rivals: ConcurrentWrites;
}

/** Submits writes and retries until they are carried out or rejected, or until their outcome cannot be determined. */
export async function submit(
  submission: Submission,
  writes: readonly RecoverableWrite[],
  options: OperationOptions,
): Promise<readonly WriteReceipt[]> {
  const contender = submission.rivals.enter(submission.table, writes);
  try {
    const receipts = await submitUntilKnown(submission, writes, contender, options);
    contender.succeeded(receipts);
    return receipts;
  } catch (error) {
    if (EntitableError.is(error, 'store.outcome-unknown')) contender.isUnknown();
    throw error;
  } finally {
    contender.leave();
  }
}

async function submitUntilKnown(
  submission: Submission,
  writes: readonly RecoverableWrite[],
  contender: InFlightWrite,
  options: OperationOptions,
): Promise<readonly WriteReceipt[]> {
  const { store, table, policy, operation } = submission;
  const tries = new Attempts(policy, operation, options);
  const prepared = writes.map(({ write }) => write);
  let doubtfulSince: number | undefined;
  let isLost = false; // true after an ambiguous failure, unless a different server had responded
  for (;;) {
    const sentAt = Date.now();
    try {
      return await operation.request(() => store.submit(table, prepared, tries.options));
    } catch (error) {
      // This attempt may have been carried out, and its effect may cause the next attempt to be rejected.
      if (remedyFor(error) === 'ambiguous') {
        doubtfulSince ??= sentAt;
        isLost ||= !isWronglyAnswered(error);
      }
      if (doubtfulSince !== undefined && policy.lostAnswers === 'report' && !writes.every(isRepeatable)) throw error;
      const isRefused = isRefusal(error);
      if (!isRefused && (await tries.again(error))) continue;
      if (doubtfulSince === undefined) throw tries.failure(error);
      if (EntitableError.is(error, 'store.table-not-found')) throw error; // without a table, no row was written
      const settlement = await readBackWithRetries(submission, writes, tries, doubtfulSince, contender);
      if (settlement?.outcome === 'written') {
        for (const write of writes) write.isReadBack = true;
        return settlement.receipts;
      }
      if (settlement?.outcome === 'not-written' && isRefused) throw error;
      if (!isLost && !isRefused && settlement?.outcome !== 'unknown') throw tries.failure(error);
      throw unknownOutcome(table, error, foundOf(settlement));
    }
  }
}

const REFUSALS = new Set([
  'store.already-exists',
  'store.not-found',
  'store.precondition-failed',
  'store.table-not-found',
]);

function isRefusal(error: unknown): boolean {
  return EntitableError.is(error) && REFUSALS.has(error.code);
}

/**
 * Reads back the rows of writes whose response was lost, with retries. Returns `undefined` if the rows cannot be read.
 * Unlike `settleWrites`, it does not mark the outcome as settled: until `submit` has reported it, concurrent writes
 * with the same content must not take these rows for proof that they were carried out themselves.
 */
async function readBackWithRetries(
  { policy, operation }: Submission,
  writes: readonly RecoverableWrite[],
  tries: Attempts,
  since: number,
  arbiter: InFlightWrite,
): Promise<Settlement | undefined> {
  if (tries.isOver || policy.lostAnswers === 'report') return undefined;
  const reading = new Attempts(policy, operation, tries.rest);
  for (;;) {
    try {
      return await operation.request(() => readBack(writes, since, { arbiter, ...reading.options }));
    } catch (error) {
      if (!(await reading.again(error))) return undefined;
    }
  }
}

function foundOf(settlement: Settlement | undefined): NonNullable<OutcomeUnknownDetails['found']> {
  if (settlement?.outcome === 'unknown') return settlement.found;
  return settlement === undefined ? 'unread' : 'as-before';
}
