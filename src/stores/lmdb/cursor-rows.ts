import { isPlain } from '../embedded/key-bytes.js';
import { CursorPartition, CursorRow, type SharedBuffer } from './cursor-row.js';
import type { CursorEntry } from './lmdb-database.js';
import { ReusedBuffer } from './reused-buffer.js';

/**
 * Size in bytes of the buffers that rows are copied to. A row that is kept with `keep()` keeps its whole buffer alive,
 * so this bounds the memory that one row can waste.
 */
const SHARED_BYTES = 16 * 1024;
/**
 * Maximum number of rows, and of bytes, to read before they are passed to the `visit` callback: about as many as fit in
 * the text that the row reader decodes at once.
 */
const ROWS_AHEAD = 16;
const BYTES_AHEAD = 1024;

/**
 * The current rows, which a cursor has read but the `visit` callback of a scan has not yet finished with. They are
 * copied side by side out of the buffers that LMDB reuses for every read. As long as the callback calls `keep()` on all
 * rows, several are read ahead, so that their texts can be decoded together. Otherwise rows are read one at a time, and
 * each overwrites the one before.
 */
export class CursorRows {
  readonly #rows: CursorRow[] = [];
  #count = 0;
  /**
   * Number of rows to read before they are visited. Fewer are read if the partition changes or {@link BYTES_AHEAD} is
   * reached.
   */
  #ahead = 1;
  #buffer: SharedBuffer = { bytes: Buffer.alloc(0), end: 0, writes: 0 };
  /** Offset in the buffer at which the current rows begin. */
  #from = 0;
  #partition = new CursorPartition();
  /** The previous partition, to which all current rows but the last may belong. */
  #before = new CursorPartition();
  readonly #source = new ReusedBuffer();

  get count(): number {
    return this.#count;
  }

  /** Total size of the current rows that are in the same buffer as the last one. */
  get size(): number {
    return this.#buffer.end - this.#from;
  }

  at(index: number): CursorRow {
    return this.#rows[index]!;
  }

  /**
   * Releases the current rows after their visit. The bytes after the last row that was kept with `keep()` may then be
   * overwritten.
   */
  takeBack(): void {
    const buffer = this.#buffer;
    let kept = 0;
    let free = this.#from;
    for (let index = 0; index < this.#count; index++) {
      const row = this.#rows[index]!;
      if (!row.isKept) continue;
      row.isKept = false;
      kept += 1;
      if (row.buffer === buffer) free = row.keyEnd;
    }
    this.#ahead = kept > 0 && kept === this.#count ? Math.min(this.#ahead * 2, ROWS_AHEAD) : 1;
    if (free < buffer.end) buffer.writes += 1;
    buffer.end = free;
    this.#from = free;
    this.#count = 0;
  }

  /**
   * Copies the row at the cursor's position to the current rows. Returns whether these must be visited before more are
   * read.
   */
  take({ key, keyStart, keyEnd, bytes: source, size }: CursorEntry): boolean {
    const isOther = !this.#partition.holds(key, keyStart, keyEnd);
    if (isOther) this.#changePartition(key, keyStart, keyEnd);
    const partition = this.#partition;
    const head = this.#source.beginning(source, size);
    const buffer = this.#bufferFor(head.length + keyEnd - keyStart);
    const { bytes, end: start } = buffer;
    bytes.set(head, start);
    const end = start + size;
    let at = end;
    let isText = true;
    for (let index = keyStart + partition.rowKeyStart; index < keyEnd; index++) {
      const code = key[index]!;
      if (!isPlain(code)) isText = false;
      bytes[at++] = code;
    }
    const count = this.#count;
    const row = (this.#rows[count] ??= new CursorRow());
    row.start = start;
    row.end = end;
    row.keyEnd = at;
    row.rowKeyEnd = isText ? at : -1;
    // Assigns only if the value differs, which is rare, because a comparison is cheaper than an assignment.
    if (row.buffer !== buffer) row.buffer = buffer;
    if (row.partition !== partition) row.partition = partition;
    buffer.end = at;
    this.#count = count + 1;
    return (isOther && count > 0) || count + 1 === this.#ahead || this.size >= BYTES_AHEAD;
  }

  #changePartition(source: Uint8Array, start: number, end: number): void {
    [this.#partition, this.#before] = [this.#before, this.#partition];
    this.#partition.take(source, start, end);
  }

  #bufferFor(size: number): SharedBuffer {
    const buffer = this.#buffer;
    return buffer.end + size > buffer.bytes.length ? this.#newBuffer(size) : buffer;
  }

  /**
   * Starts a new buffer. Idle row objects are made to refer to it, since they would otherwise keep the old buffer,
   * which may be large, alive.
   */
  #newBuffer(size: number): SharedBuffer {
    const buffer = { bytes: Buffer.allocUnsafeSlow(Math.max(size, SHARED_BYTES)), end: 0, writes: 0 };
    for (let index = this.#count; index < this.#rows.length; index++) this.#rows[index]!.buffer = buffer;
    this.#buffer = buffer;
    this.#from = 0;
    return buffer;
  }
}
