import type { StoredRow } from './ordered-rows.js';

/** A row that was kept from a cursor, and whose row key stands behind it: it is decoded only when asked for. */
export class KeyedRow implements StoredRow {
  constructor(
    readonly partitionKey: string,
    readonly bytes: Buffer,
    readonly start: number,
    readonly end: number,
    readonly rowKeyEnd: number,
  ) {}

  get rowKey(): string {
    return this.bytes.toString('latin1', this.end, this.rowKeyEnd);
  }

  get readEnd(): number {
    return this.rowKeyEnd;
  }

  get writes(): number {
    return 0;
  }

  keep(): StoredRow {
    return this;
  }
}
