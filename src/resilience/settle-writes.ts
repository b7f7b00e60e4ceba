import type { WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { isRepeatable, readBack, unknownOutcome, type DoubtfulWrite, type Settlement } from './read-back.js';
import { RecoverableWrite } from './resilient-rows.js';

/** Writes that were submitted together and whose response was lost. */
export interface LostWrites {
  readonly table: string;
  readonly writes: readonly DoubtfulWrite[];
  /** Time of their first submission, in milliseconds since 1970. */
  readonly since: number;
  /** The error that their submission failed with. */
  readonly error: unknown;
}

/**
 * Reads back writes whose response was lost, to determine whether they were carried out. A unit of work calls this when
 * it is committed again after such a failure. Returns their receipts, or `undefined` if they were not carried out or
 * have the same effect when sent twice, so that they may be sent again. Throws `store.outcome-unknown` if the rows do
 * not determine the outcome.
 */
export async function settleWrites(
  { table, writes, since, error }: LostWrites,
  options: OperationOptions,
): Promise<readonly WriteReceipt[] | undefined> {
  if (writes.every(({ write: { mode }, ifMatch }) => isRepeatable({ mode, ifMatch }))) return undefined;
  const settlement = await readBackAmongRivals(table, writes, since, options);
  switch (settlement.outcome) {
    case 'written':
      return settlement.receipts;
    case 'not-written':
      return undefined;
    case 'unknown':
      throw unknownOutcome(table, error, settlement.found);
    default:
      return settlement satisfies never;
  }
}

/**
 * Reads back writes while they are registered among the concurrent writes of the data source that prepared them. Writes
 * that a store prepared without a data source are read back alone, because such a store does not track concurrent
 * writes.
 */
async function readBackAmongRivals(
  table: string,
  doubtful: readonly DoubtfulWrite[],
  since: number,
  options: OperationOptions,
): Promise<Settlement> {
  const writes = doubtful.map(({ write }) => write).filter((write) => write instanceof RecoverableWrite);
  const settling = writes[0]?.settling;
  if (settling === undefined) return readBack(doubtful, since, options);
  const { rivals, trustsContent } = settling;
  const arbiter = rivals.enter(table, writes);
  try {
    const settlement = await readBack(doubtful, since, { ...options, arbiter, trustsContent });
    if (settlement.outcome === 'written') for (const write of writes) write.isReadBack = true;
    if (settlement.outcome === 'not-written') arbiter.settled();
    if (settlement.outcome === 'unknown') arbiter.isUnknown();
    return settlement;
  } finally {
    arbiter.leave();
  }
}
