import { OwnedRow, type RowSource, type EngineRow, type RowTransaction } from './ordered-rows.js';
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
} from './rows/instant.js';

/**
 * The number of the table with the engine's own rows: table names, layouts and the clock. Users' tables are numbered
 * from 1.
 */
export const SYSTEM_TABLE = 0;

/**
 * The partition keys of the system table. In the comments below, the row key is to the left of the arrow, and the
 * content of the row is to the right.
 */
export const SYSTEM = Object.freeze({
  /** The number of a layout → its text. */
  layouts: 'layouts',
  /** A key that begins with the lower-case name of a table → the table's number and name. */
  tables: 'tables',
  /** The number of a table whose rows are still to be removed → nothing. */
  dropped: 'dropped',
  /** The name of a single value → the value: the clock, the number of the next table, or the format of the files. */
  state: 'state',
});

/** Formats a number as a row key that sorts numerically. */
export function numberKey(number: number): string {
  return String(number).padStart(10, '0');
}

/** Returns the rows of one partition of the system table, starting at a row key, as rows that stay valid. */
export function systemRows(source: RowSource, partitionKey: string, fromRowKey = ''): readonly EngineRow[] {
  const rows: EngineRow[] = [];
  const from = { partitionKey, rowKey: fromRowKey, after: false };
  source.range(SYSTEM_TABLE, from, { partitionKey, after: true }, (row) => rows.push(row.keep()) > 0);
  return rows;
}

const CLOCK = 'clock';

/**
 * Advances the store's clock within a transaction, and returns the new timestamp. Timestamps strictly increase, even
 * across restarts, between processes and when the system's clock is set back.
 */
export function tick(transaction: RowTransaction, now: number): Instant {
  const row = transaction.get(SYSTEM_TABLE, SYSTEM.state, CLOCK);
  const last = row === undefined ? FIRST_INSTANT : instantIn(row);
  const next = nextInstant(last, now);
  const bytes = Buffer.allocUnsafe(INSTANT_BYTES);
  writeInstant(bytes, 0, next.milliseconds, next.ticks);
  transaction.put(SYSTEM_TABLE, new OwnedRow(SYSTEM.state, CLOCK, bytes));
  return next;
}

function instantIn({ bytes, start, end }: EngineRow): Instant {
  if (end - start === INSTANT_BYTES) {
    const [milliseconds, ticks] = [readMilliseconds(bytes, start), readTicks(bytes, start)];
    if (isInstant(milliseconds, ticks)) return { milliseconds, ticks };
  }
  throw damagedStore('its clock cannot be read');
}
