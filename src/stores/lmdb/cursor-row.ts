import { OwnedRow, KeptCursorRow, type EngineRow } from '../embedded/ordered-rows.js';
import { readText, partitionEnd, readPartitionKey } from '../embedded/key-bytes.js';

/** A buffer that rows are copied into, one after another. */
export interface SharedBuffer {
  readonly bytes: Buffer;
  /** The offset at which the next row is written. */
  end: number;
  /** The number of times that rows in it were overwritten. */
  writes: number;
}

/**
 * A row read by a cursor, followed in the same buffer by the bytes of its row key. The object is reused for a later
 * row.
 */
export class CursorRow implements EngineRow {
  buffer!: SharedBuffer;
  partition!: CursorPartition;
  start = 0;
  end = 0;
  keyEnd = 0;
  rowKeyEnd = -1;
  /** True if the row was kept, so that its bytes must not be overwritten. */
  isKept = false;

  get bytes(): Buffer {
    return this.buffer.bytes;
  }

  get readEnd(): number {
    return this.buffer.end;
  }

  get writes(): number {
    return this.buffer.writes;
  }

  get partitionKey(): string {
    return this.partition.key;
  }

  get rowKey(): string {
    return readText(this.bytes, this.end, this.keyEnd);
  }

  keep(): EngineRow {
    this.isKept = true;
    return this.rowKeyEnd < 0
      ? new OwnedRow(this.partitionKey, this.rowKey, this.bytes, this.start, this.end)
      : new KeptCursorRow(this.partitionKey, this.bytes, this.start, this.end, this.rowKeyEnd);
  }
}

const KEY_BYTES = 4096;

/**
 * The partition of the rows that a cursor reads. It holds a copy of the part of the first row's key that all its rows
 * share, which is decoded only if the partition key is asked for.
 */
export class CursorPartition {
  readonly #bytes = Buffer.allocUnsafe(KEY_BYTES);
  /** Offset of the row key in the key; larger than any key until a first partition is set. */
  #rowKeyStart = KEY_BYTES;
  #key: string | undefined;

  get key(): string {
    return (this.#key ??= readPartitionKey(this.#bytes, this.#rowKeyStart - 1));
  }

  /** Offset of the row key in the keys of this partition. */
  get rowKeyStart(): number {
    return this.#rowKeyStart;
  }

  /** Returns whether a key belongs to this partition. */
  holds(source: Uint8Array, start: number, end: number): boolean {
    const size = this.#rowKeyStart;
    if (end - start < size) return false;
    const bytes = this.#bytes;
    let at = 0;
    while (at < size && bytes[at] === source[start + at]) at++;
    return at === size;
  }

  /** Replaces this partition by that of a key. */
  take(source: Uint8Array, start: number, end: number): void {
    this.#bytes.set(source.subarray(start, end));
    this.#rowKeyStart = partitionEnd(this.#bytes) + 1;
    this.#key = undefined;
  }
}
