import { EntitableError } from '../errors/entitable-error.js';
import type { Batch } from '../writing/batch.js';
import { RecoverableWrite } from '../resilience/resilient-rows.js';
import {
  isRepeatable,
  readBack,
  unknownOutcome,
  type DoubtfulWrite,
  type Settlement,
} from '../resilience/read-back.js';
import type { WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { ChangeSet } from './change-set.js';

/** A batch whose answer was lost. */
export interface LostBatch {
  readonly batch: Batch<ChangeSet>;
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
): Promise<ReadonlyMap<ChangeSet, WriteReceipt> | undefined> {
  const doubtful = writes.map(doubtfulWrite);
  if (doubtful.every(({ write: { mode }, ifMatch }) => isRepeatable({ mode, ifMatch }))) return undefined;
  const settlement = await settleAmongRivals(table, doubtful, since, options).catch((failure: unknown) => {
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

/** By the same rules as the data source settles its single writes; a bare store knows no rivals. */
async function settleAmongRivals(
  table: string,
  doubtful: readonly DoubtfulWrite[],
  since: number,
  options: OperationOptions,
): Promise<Settlement> {
  const writes = doubtful.map(({ write }) => write).filter((write) => write instanceof RecoverableWrite);
  const settling = writes[0]?.settling;
  if (settling === undefined) return readBack(doubtful, since, options);
  const arbiter = settling.rivals.enter(table, writes);
  arbiter.readsBack();
  try {
    const settlement = await readBack(doubtful, since, { arbiter, trustsContent: settling.trustsContent, ...options });
    if (settlement.outcome === 'not-written') arbiter.settled();
    if (settlement.outcome === 'unknown') arbiter.isUnknown();
    return settlement;
  } finally {
    arbiter.leave();
  }
}

function doubtfulWrite({ write, ifMatch, removed, row: { mapper } }: ChangeSet): DoubtfulWrite {
  return { write, ifMatch, remove: removed, rows: mapper.rows, shape: mapper.shape };
}
