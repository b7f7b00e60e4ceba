import { KeptRow } from '../embedded/kept-row.js';
import type { StoredRow } from '../embedded/ordered-rows.js';
import { KeyedRow } from './keyed-row.js';
import { isPlain, partitionEnd, readPartitionKey, readRowKey } from './key-bytes.js';

const KEY_BYTES = 4096;
const HEAD_STEP = 64;
/** Bytes that rows which are kept share: as much as an entity that is kept alone can hold back. */
const SHARED_BYTES = 16 * 1024;

/**
 * The row a cursor stands on, copied out of the buffers that LMDB uses again for every read, its row key behind it. It is used again for
 * the next row, unless it is kept; its keys are decoded only when asked for.
 */
export class LentRow implements StoredRow {
  #bytes = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #rowKeyEnd = -1;
  /** Whether the row was given away, so that the next one goes behind it. */
  #isKept = false;
  /** The package's buffer. */
  #lent: Buffer | undefined;
  /** The same, seen whole: the package changes the `length` of its own, which copying would believe. */
  #source: Buffer = this.#bytes;
  /** Its beginnings by size, so that copying a row needs no new view: a little more than the row is copied. */
  #heads: Buffer[] = [];
  readonly #key = Buffer.allocUnsafe(KEY_BYTES);
  #keySize = 0;
  #partitionEnd = 0;
  /** Kept from row to row: those of a partition share it. */
  #partitionKey: string | undefined;
  #rowKey: string | undefined;

  get bytes(): Buffer {
    return this.#bytes;
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  get rowKeyEnd(): number {
    return this.#rowKeyEnd;
  }

  /** Bytes of the row and its key. */
  get size(): number {
    return this.#keySize + this.#end - this.#start;
  }

  get partitionKey(): string {
    return (this.#partitionKey ??= readPartitionKey(this.#key, this.#endOfPartition()));
  }

  get rowKey(): string {
    return (this.#rowKey ??= readRowKey(this.#key, this.#endOfPartition(), this.#keySize));
  }

  keep(): StoredRow {
    this.#isKept = true;
    return this.#rowKeyEnd < 0
      ? new KeptRow(this.partitionKey, this.rowKey, this.#bytes, this.#start, this.#end)
      : new KeyedRow(this.partitionKey, this.#bytes, this.#start, this.#end, this.#rowKeyEnd);
  }

  takeKey(source: Uint8Array, start: number, end: number): void {
    const key = this.#key;
    const size = end - start;
    let same = 0;
    while (same < size && key[same] === source[start + same]) same++;
    for (let at = same; at < size; at++) key[at] = source[start + at]!;
    this.#keySize = size;
    this.#rowKey = undefined;
    if (same > this.#partitionEnd) return; // up to what ends the partition key
    this.#partitionEnd = 0;
    this.#partitionKey = undefined;
  }

  takeBytes(source: Buffer, size: number): void {
    if (source !== this.#lent) {
      this.#lent = source;
      this.#source = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
      this.#heads = [];
    }
    const steps = Math.ceil(size / HEAD_STEP);
    const head = (this.#heads[steps] ??= this.#source.subarray(0, steps * HEAD_STEP));
    if (this.#isKept) this.#start = Math.max(this.#end, this.#rowKeyEnd);
    this.#isKept = false;
    const most = head.length + this.#keySize;
    if (this.#start + most > this.#bytes.length) {
      this.#bytes = Buffer.allocUnsafeSlow(Math.max(most, SHARED_BYTES));
      this.#start = 0;
    }
    this.#bytes.set(head, this.#start);
    this.#end = this.#start + size;
    this.#rowKeyEnd = this.#writeRowKey();
  }

  /** Writes the row key behind the row. Gives where it ends, or -1 where it is one that has not a byte for each character. */
  #writeRowKey(): number {
    const key = this.#key;
    const bytes = this.#bytes;
    let at = this.#end;
    for (let index = this.#endOfPartition() + 1; index < this.#keySize; index++) {
      const code = key[index]!;
      if (!isPlain(code)) return -1;
      bytes[at++] = code;
    }
    return at;
  }

  #endOfPartition(): number {
    if (this.#partitionEnd === 0) this.#partitionEnd = partitionEnd(this.#key);
    return this.#partitionEnd;
  }
}
