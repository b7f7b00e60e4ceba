import { EntitableError } from '../errors/entitable-error.js';
import type { Batch } from '../repository/batch.js';
import { isRepeatable, readBack, unknownOutcome, type DoubtfulWrite } from '../resilience/read-back.js';
import type { OperationOptions, WriteReceipt } from '../store/table-store.js';
import type { Change } from './change.js';

/** A batch whose answer was lost. */
export interface LostBatch {
  readonly batch: Batch<Change>;
  /** When the commit that sent it began, in milliseconds since 1970. */
  readonly since: number;
  readonly error: unknown;
}

/**
 * Finds out whether a batch was written whose answer was lost: its receipts, or `undefined` when it was not and may be sent again. Its
 * rows decide for all of it together. Throws `store.outcome-unknown` where they cannot tell.
 */
export async function settle(
  { batch: { table, writes }, since, error }: LostBatch,
  options: OperationOptions,
): Promise<ReadonlyMap<Change, WriteReceipt> | undefined> {
  const doubtful = writes.map(doubtfulWrite);
  if (doubtful.every(({ write: { mode }, ifMatch }) => isRepeatable({ mode, ifMatch }))) return undefined;
  const settlement = await readBack(doubtful, since, options).catch((failure: unknown) => {
    if (EntitableError.is(failure, 'store.table-not-found')) return { outcome: 'not-written' } as const;
    throw failure;
  });
  switch (settlement.outcome) {
    case 'written':
      return new Map(writes.map((change, index) => [change, settlement.receipts[index]!]));
    case 'not-written':
      return undefined;
    case 'unknown':
      throw unknownOutcome(table, error, settlement.found);
    default:
      return settlement satisfies never;
  }
}

function doubtfulWrite({ write, ifMatch, removed, row: { mapper } }: Change): DoubtfulWrite {
  return { write, ifMatch, remove: removed, rows: mapper.rows, shape: mapper.shape };
}
