import { partitionEnd, readPartitionKey } from '../embedded/key-bytes.js';

const KEY_BYTES = 4096;

/** The partition of rows that a cursor read: the beginning of the first one's key, copied out of LMDB's buffer and decoded only when asked for. */
export class LentPartition {
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
