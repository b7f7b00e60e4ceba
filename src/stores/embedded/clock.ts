import type { Instant } from '../../edm/date-time.js';
import { FIRST_INSTANT, INSTANT_BYTES, nextInstant, readMilliseconds, readTicks, writeInstant } from './instant.js';
import { KeptRow } from './kept-row.js';
import type { RowTransaction } from './ordered-rows.js';
import { SYSTEM, SYSTEM_TABLE } from './system-table.js';

const CLOCK = 'clock';

/** Moves the store's clock on, within a transaction: timestamps increase strictly, across restarts, processes and steps of the system's clock. */
export function tick(transaction: RowTransaction, now: number): Instant {
  const row = transaction.get(SYSTEM_TABLE, SYSTEM.state, CLOCK);
  const last =
    row === undefined
      ? FIRST_INSTANT
      : { milliseconds: readMilliseconds(row.bytes, row.start), ticks: readTicks(row.bytes, row.start) };
  const next = nextInstant(last, now);
  const bytes = Buffer.allocUnsafe(INSTANT_BYTES);
  writeInstant(bytes, 0, next.milliseconds, next.ticks);
  transaction.put(SYSTEM_TABLE, new KeptRow(SYSTEM.state, CLOCK, bytes));
  return next;
}
