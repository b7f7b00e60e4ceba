import { KeptRow } from '../embedded/kept-row.js';
import type { StoredRow } from '../embedded/ordered-rows.js';
import { readText } from '../embedded/key-bytes.js';
import { KeyedRow } from '../embedded/keyed-row.js';
import type { LentPartition } from './lent-partition.js';

/** Bytes that rows were copied to, one behind the other. */
export interface Stretch {
  readonly bytes: Buffer;
  /** Where the next row goes. */
  end: number;
  /** How often rows were written over. */
  writes: number;
}

/** A row that a cursor read, the bytes of its row key behind it. Used again for a later row. */
export class LentRow implements StoredRow {
  stretch!: Stretch;
  partition!: LentPartition;
  start = 0;
  end = 0;
  keyEnd = 0;
  rowKeyEnd = -1;
  /** Whether it was given away, so that nothing is written over it. */
  isKept = false;

  get bytes(): Buffer {
    return this.stretch.bytes;
  }

  get readEnd(): number {
    return this.stretch.end;
  }

  get writes(): number {
    return this.stretch.writes;
  }

  get partitionKey(): string {
    return this.partition.key;
  }

  get rowKey(): string {
    return readText(this.bytes, this.end, this.keyEnd);
  }

  keep(): StoredRow {
    this.isKept = true;
    return this.rowKeyEnd < 0
      ? new KeptRow(this.partitionKey, this.rowKey, this.bytes, this.start, this.end)
      : new KeyedRow(this.partitionKey, this.bytes, this.start, this.end, this.rowKeyEnd);
  }
}
