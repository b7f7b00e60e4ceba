import type { WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { isRepeatable, readBack, unknownOutcome, type DoubtfulWrite, type Settlement } from './read-back.js';
import { RecoverableWrite } from './resilient-rows.js';

/** Writes that were submitted together and whose answer was lost. */
export interface LostWrites {
  readonly table: string;
  readonly writes: readonly DoubtfulWrite[];
  /** Time of their first submission, in milliseconds since 1970. */
  readonly since: number;
  /** The error that their submission failed with. */
  readonly error: unknown;
}

/**
 * Determines by reading back whether writes with a lost answer were carried out, after their submission has ended: a
 * unit of work calls it when it is committed again. Returns their receipts, or `undefined` if they were not carried out
 * and may be sent again. Reads nothing for repeatable writes. Throws `store.outcome-unknown` if the rows leave it open.
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
 * Reads back as one of the concurrent writes of the data source that prepared the writes. A bare store does not track
 * concurrent writes.
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
    if (settlement.outcome === 'not-written') arbiter.settled();
    if (settlement.outcome === 'unknown') arbiter.isUnknown();
    return settlement;
  } finally {
    arbiter.leave();
  }
}
