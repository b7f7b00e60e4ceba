import type { RowPlace, StoredRow } from './ordered-rows.js';

/** A row that is its own, with its keys as texts: one in memory, one that was read by its key, and one that is composed after a write. */
export class KeptRow implements StoredRow {
  readonly rowKeyEnd = -1;

  constructor(
    readonly partitionKey: string,
    readonly rowKey: string,
    readonly bytes: Buffer,
    readonly start = 0,
    readonly end = bytes.length,
  ) {}

  get readEnd(): number {
    return this.end;
  }

  get writes(): number {
    return 0;
  }

  keep(): StoredRow {
    return this;
  }
}

/** The row of some keys that lies in a place. */
export function keptRow(partitionKey: string, rowKey: string, { bytes, start, end }: RowPlace): KeptRow {
  return new KeptRow(partitionKey, rowKey, bytes, start, end);
}
