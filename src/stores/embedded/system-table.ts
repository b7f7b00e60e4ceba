import type { RowSource, StoredRow } from './ordered-rows.js';

/** The number of the table where the engine keeps its own rows: names of tables, layouts, the clock. Users' tables count from 1. */
export const SYSTEM_TABLE = 0;

/** The partitions of the system table. */
export const SYSTEM = Object.freeze({
  /** Number of a layout → its text. */
  layouts: 'layouts',
  /** Folded name of a table → its number and its name. */
  tables: 'tables',
  /** Number of a table whose rows are still to be removed → nothing. */
  dropped: 'dropped',
  /** The clock, and the number of the next table. */
  state: 'state',
});

/** A number as a row key, so that rows are ordered by it. */
export function numberKey(number: number): string {
  return String(number).padStart(10, '0');
}

/** Every row of one partition of the system table from a row key on, kept. */
export function systemRows(source: RowSource, partitionKey: string, fromRowKey = ''): readonly StoredRow[] {
  const rows: StoredRow[] = [];
  const from = { partitionKey, rowKey: fromRowKey, after: false };
  source.range(SYSTEM_TABLE, from, { partitionKey, after: true }, (row) => rows.push(row.keep()) > 0);
  return rows;
}
