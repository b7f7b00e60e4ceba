import { KeptRow } from '../embedded/kept-row.js';
import type { StoredRow } from '../embedded/ordered-rows.js';
import { partitionEnd, readPartitionKey, readRowKey } from './key-bytes.js';

const FIRST_BYTES = 4096;
const HEAD_STEP = 256;

/**
 * The row a cursor stands on, copied out of the buffers that LMDB uses again for every read. It is used again for the next row; its
 * keys are decoded only when asked for.
 */
export class LentRow implements StoredRow {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #size = 0;
  /** The package's buffer, seen whole: the package changes the `length` of its own, which copying would believe. */
  #source: Buffer = this.#bytes;
  /** Its beginnings by size, so that copying a row needs no new view: a little more than the row is copied. */
  #heads: Buffer[] = [];
  readonly #key = Buffer.allocUnsafe(FIRST_BYTES);
  #keySize = 0;
  #partitionEnd = 0;

  /** Begins with the row; what follows is left from rows before. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Bytes of the row and its key. */
  get size(): number {
    return this.#keySize + this.#size;
  }

  get partitionKey(): string {
    return readPartitionKey(this.#key, this.#endOfPartition());
  }

  get rowKey(): string {
    return readRowKey(this.#key, this.#endOfPartition(), this.#keySize);
  }

  keep(): StoredRow {
    return new KeptRow(this.partitionKey, this.rowKey, Buffer.from(this.#bytes.subarray(0, this.#size)));
  }

  takeKey(source: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; at++) this.#key[at - start] = source[at]!;
    this.#keySize = end - start;
    this.#partitionEnd = 0;
  }

  takeBytes(source: Buffer, size: number): void {
    if (source.buffer !== this.#source.buffer || source.byteOffset !== this.#source.byteOffset) {
      this.#source = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
      this.#heads = [];
    }
    const steps = Math.ceil(size / HEAD_STEP);
    if (steps * HEAD_STEP > this.#bytes.length) this.#bytes = Buffer.allocUnsafe(2 * steps * HEAD_STEP);
    this.#bytes.set((this.#heads[steps] ??= this.#source.subarray(0, steps * HEAD_STEP)));
    this.#size = size;
  }

  #endOfPartition(): number {
    if (this.#partitionEnd === 0) this.#partitionEnd = partitionEnd(this.#key);
    return this.#partitionEnd;
  }
}
