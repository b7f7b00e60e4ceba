import { EntitableError } from '../errors/entitable-error.js';
import type { OutcomeUnknownDetails, StoreErrorDetails } from '../errors/error-details.js';
import type { Operation } from '../observability/operation.js';
import type { OperationOptions, TableStore, WriteReceipt } from '../store/table-store.js';
import { isWronglyAnswered, remedyFor } from './classify.js';
import type { KeptWrite } from './kept-write.js';
import { readBack, type Settlement } from './read-back.js';
import type { RetryPolicy } from './retry-settings.js';
import type { Contender, Rivals } from './rivals.js';
import { Tries } from './tries.js';

/** What submits writes of one table. */
export interface Submission {
  readonly store: TableStore;
  readonly table: string;
  readonly policy: RetryPolicy;
  readonly operation: Operation;
  readonly rivals: Rivals;
}

type Refusal = EntitableError & { readonly details: StoreErrorDetails };

/** Submits writes until they are written, refused, or nobody can tell. */
export async function submit(
  submission: Submission,
  writes: readonly KeptWrite[],
  options: OperationOptions,
): Promise<readonly WriteReceipt[]> {
  const contender = submission.rivals.enter(submission.table, writes);
  try {
    const receipts = await submitUntilKnown(submission, writes, contender, options);
    contender.succeeded(receipts);
    return receipts;
  } finally {
    contender.leave();
  }
}

async function submitUntilKnown(
  submission: Submission,
  writes: readonly KeptWrite[],
  contender: Contender,
  options: OperationOptions,
): Promise<readonly WriteReceipt[]> {
  const { store, table, policy, operation } = submission;
  const tries = new Tries(policy, operation, options);
  const prepared = writes.map(({ write }) => write);
  let doubtfulSince: number | undefined;
  let isLost = false; // an answer, and not only put in the place of by another server's
  for (;;) {
    const sentAt = Date.now();
    try {
      return await operation.request(() => store.submit(table, prepared, tries.options));
    } catch (error) {
      // From here on a refusal may be the answer to what an earlier try did.
      if (remedyFor(error) === 'ambiguous') {
        doubtfulSince ??= sentAt;
        isLost ||= !isWronglyAnswered(error);
      }
      if (doubtfulSince !== undefined && policy.lostAnswers === 'report' && !writes.every(isRepeatable)) throw error;
      const refusal = isRefusal(error) ? error : undefined;
      if (refusal === undefined && (await tries.again(error))) continue;
      if (doubtfulSince === undefined) throw tries.failure(error);
      contender.readsBack();
      const refused = refusal?.details.operation;
      const settlement = await settle(submission, writes, tries, doubtfulSince, { refused, arbiter: contender });
      if (settlement?.outcome === 'written') return settlement.receipts;
      if (settlement?.outcome === 'not-written' && refusal !== undefined) throw refusal;
      if (!isLost && refusal === undefined && settlement?.outcome !== 'unknown') throw tries.failure(error);
      throw unknownOutcome(table, error, settlement);
    }
  }
}

const REFUSALS = new Set([
  'store.already-exists',
  'store.not-found',
  'store.precondition-failed',
  'store.table-not-found',
]);

function isRefusal(error: unknown): error is Refusal {
  return EntitableError.is(error) && REFUSALS.has(error.code);
}

/** Whether doing it twice is the same as once. A delete is not: the second finds nothing. */
function isRepeatable({ mode, ifMatch }: KeptWrite): boolean {
  return mode === 'upsert-merge' || mode === 'upsert-replace' || (ifMatch === '*' && mode !== 'delete');
}

/** Reads back what was written; `undefined` when it cannot be read. */
async function settle(
  { policy, operation }: Submission,
  writes: readonly KeptWrite[],
  tries: Tries,
  since: number,
  about: { readonly refused: number | undefined; readonly arbiter: Contender },
): Promise<Settlement | undefined> {
  if (tries.isOver || policy.lostAnswers === 'report') return undefined;
  const reading = new Tries(policy, operation, tries.rest);
  for (;;) {
    try {
      return await operation.request(() => readBack(writes, since, { ...about, ...reading.options }));
    } catch (error) {
      if (EntitableError.is(error, 'store.table-not-found')) return { outcome: 'not-written' };
      if (!(await reading.again(error))) return undefined;
    }
  }
}

const FOUND: Readonly<Record<NonNullable<OutcomeUnknownDetails['found']>, string>> = {
  'as-before': 'Nothing of it stands now, but it may still be on its way.',
  missing: 'There is no such row: it was never made, or another writer has deleted it since.',
  changed: 'The row is another now: another writer was faster, or has changed it since.',
  unread: 'There was no time to read it back, or it could not be read.',
};

function unknownOutcome(table: string, error: unknown, settlement: Settlement | undefined): EntitableError {
  const found = foundOf(settlement);
  const details = EntitableError.is(error, 'store.') ? (error.details as StoreErrorDetails) : { table };
  return new EntitableError(
    'store.outcome-unknown',
    `A write to table "${table}" was sent, and its answer was lost: the service may or may not have carried it out. ${FOUND[found]} ` +
      'Read what is there before trying again.',
    { ...details, found },
    { cause: EntitableError.is(error, 'store.outcome-unknown') ? error.cause : error },
  );
}

function foundOf(settlement: Settlement | undefined): NonNullable<OutcomeUnknownDetails['found']> {
  if (settlement?.outcome === 'unknown') return settlement.found;
  return settlement === undefined ? 'unread' : 'as-before';
}
