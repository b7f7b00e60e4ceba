import type { Instant } from '../../edm/date-time.js';
import { damagedStore } from './damaged-store.js';
import {
  FIRST_INSTANT,
  INSTANT_BYTES,
  isInstant,
  nextInstant,
  readMilliseconds,
  readTicks,
  writeInstant,
} from './instant.js';
import { KeptRow } from './kept-row.js';
import type { RowTransaction, StoredRow } from './ordered-rows.js';
import { SYSTEM, SYSTEM_TABLE } from './system-table.js';

const CLOCK = 'clock';

/** Moves the store's clock on, within a transaction: timestamps increase strictly, across restarts, processes and steps of the system's clock. */
export function tick(transaction: RowTransaction, now: number): Instant {
  const row = transaction.get(SYSTEM_TABLE, SYSTEM.state, CLOCK);
  const last = row === undefined ? FIRST_INSTANT : instantIn(row);
  const next = nextInstant(last, now);
  const bytes = Buffer.allocUnsafe(INSTANT_BYTES);
  writeInstant(bytes, 0, next.milliseconds, next.ticks);
  transaction.put(SYSTEM_TABLE, new KeptRow(SYSTEM.state, CLOCK, bytes));
  return next;
}

function instantIn({ bytes, start, end }: StoredRow): Instant {
  if (end - start === INSTANT_BYTES) {
    const [milliseconds, ticks] = [readMilliseconds(bytes, start), readTicks(bytes, start)];
    if (isInstant(milliseconds, ticks)) return { milliseconds, ticks };
  }
  throw damagedStore('its clock cannot be read');
}
