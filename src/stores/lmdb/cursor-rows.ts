import { isPlain } from '../embedded/key-bytes.js';
import { CursorPartition, CursorRow, type Stretch } from './cursor-row.js';
import type { CursorEntry } from './lmdb-database.js';
import { ReusedBuffer } from './reused-buffer.js';

/** Bytes that rows which are kept share: as much as an entity that is kept alone can hold back. */
const SHARED_BYTES = 16 * 1024;
/** Rows that are read at a time at most, and the bytes after which no more are: about as many as share a text. */
const ROWS_AHEAD = 16;
const BYTES_AHEAD = 1024;

/**
 * The rows a cursor read last, copied side by side out of the buffers that LMDB uses again for every read. While all are kept, several
 * are read at a time, so that their texts can be decoded at once; else one at a time, and the next one is written over it.
 */
export class CursorRows {
  readonly #rows: CursorRow[] = [];
  #count = 0;
  /** How many are read before they are visited. */
  #ahead = 1;
  #stretch: Stretch = { bytes: Buffer.alloc(0), end: 0, writes: 0 };
  /** Where the rows begin in it. */
  #from = 0;
  #partition = new CursorPartition();
  /** The one before, which all rows but the last may be of. */
  #before = new CursorPartition();
  readonly #source = new ReusedBuffer();

  get count(): number {
    return this.#count;
  }

  /** Bytes of the rows that lie in the same stretch as the last. */
  get size(): number {
    return this.#stretch.end - this.#from;
  }

  at(index: number): CursorRow {
    return this.#rows[index]!;
  }

  /** Takes the rows back. What comes behind the last one that was kept is written over. */
  takeBack(): void {
    const stretch = this.#stretch;
    let kept = 0;
    let free = this.#from;
    for (let index = 0; index < this.#count; index++) {
      const row = this.#rows[index]!;
      if (!row.isKept) continue;
      row.isKept = false;
      kept += 1;
      if (row.stretch === stretch) free = row.keyEnd;
    }
    this.#ahead = kept > 0 && kept === this.#count ? Math.min(this.#ahead * 2, ROWS_AHEAD) : 1;
    if (free < stretch.end) stretch.writes += 1;
    stretch.end = free;
    this.#from = free;
    this.#count = 0;
  }

  /** Copies the row that a cursor stands on. Gives whether the rows are to be visited before more are read. */
  take({ key, keyStart, keyEnd, bytes: source, size }: CursorEntry): boolean {
    const isOther = !this.#partition.holds(key, keyStart, keyEnd);
    if (isOther) this.#changePartition(key, keyStart, keyEnd);
    const partition = this.#partition;
    const head = this.#source.beginning(source, size);
    const stretch = this.#stretchFor(head.length + keyEnd - keyStart);
    const { bytes, end: start } = stretch;
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
    // Both are mostly what they were, and setting them costs the engine more than looking.
    if (row.stretch !== stretch) row.stretch = stretch;
    if (row.partition !== partition) row.partition = partition;
    stretch.end = at;
    this.#count = count + 1;
    return (isOther && count > 0) || count + 1 === this.#ahead || this.size >= BYTES_AHEAD;
  }

  #changePartition(source: Uint8Array, start: number, end: number): void {
    [this.#partition, this.#before] = [this.#before, this.#partition];
    this.#partition.take(source, start, end);
  }

  #stretchFor(size: number): Stretch {
    const stretch = this.#stretch;
    return stretch.end + size > stretch.bytes.length ? this.#newStretch(size) : stretch;
  }

  /** Rows that are not lent let the stretch before go, which may be large. */
  #newStretch(size: number): Stretch {
    const stretch = { bytes: Buffer.allocUnsafeSlow(Math.max(size, SHARED_BYTES)), end: 0, writes: 0 };
    for (let index = this.#count; index < this.#rows.length; index++) this.#rows[index]!.stretch = stretch;
    this.#stretch = stretch;
    this.#from = 0;
    return stretch;
  }
}
