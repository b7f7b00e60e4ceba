import { OwnedRow, KeptCursorRow, type EngineRow } from '../embedded/ordered-rows.js';
import { readText, partitionEnd, readPartitionKey } from '../embedded/key-bytes.js';

/** A buffer that rows are copied into, one after another. */
export interface SharedBuffer {
  readonly bytes: Buffer;
  /** The offset at which the next row is written. */
  end: number;
  /** The number of times that bytes of rows in this buffer became free to be overwritten. */
  writes: number;
}

/**
 * A row read by a cursor. The bytes of its row key follow it in the same buffer. The object is reused for a later row
 * after the `visit` callback has returned.
 */
export class CursorRow implements EngineRow {
  buffer!: SharedBuffer;
  partition!: CursorPartition;
  start = 0;
  end = 0;
  keyEnd = 0;
  rowKeyEnd = -1;
  /** True if {@link keep} was called, so that the bytes of the row must not be overwritten. */
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
 * The partition of the row that a cursor read last. It holds a copy of the bytes that the keys of all its rows begin
 * with, and decodes the partition key from them only when {@link key} is first read.
 */
export class CursorPartition {
  readonly #bytes = Buffer.allocUnsafe(KEY_BYTES);
  /**
   * Offset of the row key in the encoded keys of this partition. Until {@link take} is first called, it is larger than
   * any key, so that no key belongs to this partition.
   */
  #rowKeyStart = KEY_BYTES;
  #key: string | undefined;

  get key(): string {
    return (this.#key ??= readPartitionKey(this.#bytes, this.#rowKeyStart - 1));
  }

  /** Offset of the row key in the encoded keys of this partition. */
  get rowKeyStart(): number {
    return this.#rowKeyStart;
  }

  /** Returns whether an encoded key belongs to this partition. */
  holds(source: Uint8Array, start: number, end: number): boolean {
    const size = this.#rowKeyStart;
    if (end - start < size) return false;
    const bytes = this.#bytes;
    let at = 0;
    while (at < size && bytes[at] === source[start + at]) at++;
    return at === size;
  }

  /** Makes this object represent the partition of an encoded key. */
  take(source: Uint8Array, start: number, end: number): void {
    this.#bytes.set(source.subarray(start, end));
    this.#rowKeyStart = partitionEnd(this.#bytes) + 1;
    this.#key = undefined;
  }
}
