import { OwnedRow, KeptCursorRow, type EngineRow } from '../embedded/ordered-rows.js';
import { readText, partitionEnd, readPartitionKey } from '../embedded/key-bytes.js';

/** Bytes that rows were copied to, one behind the other. */
export interface Stretch {
  readonly bytes: Buffer;
  /** Where the next row goes. */
  end: number;
  /** How often rows were written over. */
  writes: number;
}

/** A row that a cursor read, the bytes of its row key behind it. Used again for a later row. */
export class CursorRow implements EngineRow {
  stretch!: Stretch;
  partition!: CursorPartition;
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

  keep(): EngineRow {
    this.isKept = true;
    return this.rowKeyEnd < 0
      ? new OwnedRow(this.partitionKey, this.rowKey, this.bytes, this.start, this.end)
      : new KeptCursorRow(this.partitionKey, this.bytes, this.start, this.end, this.rowKeyEnd);
  }
}

const KEY_BYTES = 4096;

/** The partition of rows that a cursor read: the beginning of the first one's key, copied out of LMDB's buffer and decoded only when asked for. */
export class CursorPartition {
  readonly #bytes = Buffer.allocUnsafe(KEY_BYTES);
  /** Where the row keys begin; beyond every key as long as there is no partition. */
  #rowKeyStart = KEY_BYTES;
  #key: string | undefined;

  get key(): string {
    return (this.#key ??= readPartitionKey(this.#bytes, this.#rowKeyStart - 1));
  }

  /** Where the row key begins in a key of this partition. */
  get rowKeyStart(): number {
    return this.#rowKeyStart;
  }

  /** Whether a key is one of this partition. */
  holds(source: Uint8Array, start: number, end: number): boolean {
    const size = this.#rowKeyStart;
    if (end - start < size) return false;
    const bytes = this.#bytes;
    let at = 0;
    while (at < size && bytes[at] === source[start + at]) at++;
    return at === size;
  }

  /** Becomes the partition of a key. */
  take(source: Uint8Array, start: number, end: number): void {
    this.#bytes.set(source.subarray(start, end));
    this.#rowKeyStart = partitionEnd(this.#bytes) + 1;
    this.#key = undefined;
  }
}
