import { crc32 } from 'node:zlib';
import { readPartitionKey, readText, SEPARATOR } from '../embedded/key-bytes.js';
import { hasHeader } from '../embedded/rows/row-format.js';
import { SYSTEM_TABLE } from '../embedded/system-table.js';
import { LONGEST_KEY } from './block-key.js';

/**
 * Offsets and sizes in the binary format of a block. A key is stored in two parts: its head (table number, partition
 * key and separator), once for all adjacent rows of a partition, and its tail (row key), right after each row. A block
 * consists of the CRC-32 of its first key and of everything that follows (4 bytes), the number of rows (4), the size of
 * the next block's first key (4), a directory with twelve bytes per row (offset of the head, start of the row, end of
 * the row), the next block's first key, the heads, and the rows with their tails. Each tail ends where the next row
 * begins.
 */
const COUNT_AT = 4;
const NEXT_SIZE_AT = 8;
const DIRECTORY_AT = 12;
const ENTRY_BYTES = 12;
/**
 * Flag in the end offset of a row: a character of its row key takes several bytes, so that the row key needs decoding.
 */
const NOT_PLAIN = 0x8000_0000;
const HEAD_SIZE_BYTES = 2;
/** Size in bytes of the smallest head: a table number and the separator. */
const SMALLEST_HEAD = 5;

/** A row that is about to be written to a block. */
export interface BlockEntry {
  /** The head of its key: table number, partition key and separator. */
  readonly head: string;
  readonly bytes: Buffer;
  readonly start: number;
  /** The end of the row in `bytes`. The tail of the row's key follows up to `end`, unless `tail` is given. */
  readonly rowEnd: number;
  readonly end: number;
  /** The tail of its key, if that does not follow the row in `bytes`; otherwise empty. */
  readonly tail: string;
  /** True if each byte of its row key is a character of its own, so that the row key needs no decoding. */
  readonly isPlain: boolean;
}

/**
 * An immutable block of adjacent rows, stored as one SQLite row. It covers all keys from its first key up to, but not
 * including, the first key of the next block: a row with such a key is in this block or does not exist. Since a block
 * contains the first key of the next one, a missing block is detected.
 */
export class Block {
  readonly first: string;
  /** The first key of the next block; `undefined` in the last block. */
  readonly next: string | undefined;
  readonly bytes: Buffer;
  readonly count: number;
  readonly #view: DataView;
  /** The offset and the text of the head that was read last. */
  #headAt = -1;
  #headText = '';

  private constructor(first: string, bytes: Buffer) {
    this.first = first;
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.count = this.#view.getUint32(COUNT_AT, true);
    const size = this.#view.getUint32(NEXT_SIZE_AT, true);
    const at = DIRECTORY_AT + this.count * ENTRY_BYTES;
    this.next = size === 0 ? undefined : bytes.toString('latin1', at, at + size);
  }

  /** Parses the bytes of a block. Returns `undefined` if they are not a valid block that begins with this key. */
  static read(first: string, content: Uint8Array): Block | undefined {
    const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    if (first.length > LONGEST_KEY || bytes.length < DIRECTORY_AT) return undefined;
    if (bytes.readUInt32LE(NEXT_SIZE_AT) > LONGEST_KEY || bytes.readUInt32LE(0) !== checksum(first, bytes))
      return undefined;
    const block = new Block(first, bytes);
    return block.#isSound() ? block : undefined;
  }

  /** Creates a block from rows that are sorted by their keys. */
  static of(first: string, next: string | undefined, entries: readonly BlockEntry[]): Block {
    const nextSize = next?.length ?? 0;
    let at = DIRECTORY_AT + entries.length * ENTRY_BYTES + nextSize;
    const rowsAt = at + headsSize(entries);
    const bytes = Buffer.allocUnsafeSlow(sizeOf(entries, next));
    bytes.writeUInt32LE(entries.length, COUNT_AT);
    bytes.writeUInt32LE(nextSize, NEXT_SIZE_AT);
    if (next !== undefined) bytes.write(next, at - nextSize, 'latin1');
    let head: string | undefined;
    let headAt = 0;
    let rowAt = rowsAt;
    let directory = DIRECTORY_AT;
    for (const entry of entries) {
      if (entry.head !== head) {
        ({ head } = entry);
        headAt = at;
        bytes.writeUInt16LE(head.length, at);
        at += HEAD_SIZE_BYTES + bytes.write(head, at + HEAD_SIZE_BYTES, 'latin1');
      }
      const rowEnd = rowAt + entry.rowEnd - entry.start;
      bytes.writeUInt32LE(headAt, directory);
      bytes.writeUInt32LE(rowAt, directory + 4);
      bytes.writeUInt32LE(entry.isPlain ? rowEnd : (rowEnd | NOT_PLAIN) >>> 0, directory + 8);
      directory += ENTRY_BYTES;
      rowAt += entry.end - entry.start + entry.tail.length;
    }
    copyRows(entries, bytes, rowsAt);
    bytes.writeUInt32LE(checksum(first, bytes), 0);
    return new Block(first, bytes);
  }

  /** Returns whether a row with this key belongs in this block, even if the block has no such row. */
  covers(key: string): boolean {
    return key >= this.first && (this.next === undefined || key < this.next);
  }

  rowStart(index: number): number {
    return this.#view.getUint32(DIRECTORY_AT + index * ENTRY_BYTES + 4, true);
  }

  /** Returns the offset of the end of a row, where the tail of its key begins. */
  rowEnd(index: number): number {
    return (this.#view.getUint32(DIRECTORY_AT + index * ENTRY_BYTES + 8, true) & ~NOT_PLAIN) >>> 0;
  }

  /** Returns the offset of the end of the tail of a row's key. */
  keyEnd(index: number): number {
    return index + 1 < this.count ? this.rowStart(index + 1) : this.bytes.length;
  }

  /** Returns whether each byte of the row key at an index is a character of its own, so that it needs no decoding. */
  isPlain(index: number): boolean {
    return this.#view.getUint32(DIRECTORY_AT + index * ENTRY_BYTES + 8, true) < NOT_PLAIN;
  }

  /** Returns the offset of the head of a row's key, which adjacent rows of a partition share. */
  headAt(index: number): number {
    return this.#view.getUint32(DIRECTORY_AT + index * ENTRY_BYTES, true);
  }

  /** Decodes the partition key from the head (see the top of this file) that starts at an offset of the block. */
  partitionKeyAt(headAt: number): string {
    const size = this.#view.getUint16(headAt, true);
    const from = headAt + HEAD_SIZE_BYTES;
    return readPartitionKey(this.bytes.subarray(from, from + size), size - 1);
  }

  rowKey(index: number): string {
    return readText(this.bytes, this.rowEnd(index), this.keyEnd(index));
  }

  /** Returns the key of a row. */
  key(index: number): string {
    return this.#head(index) + this.bytes.toString('latin1', this.rowEnd(index), this.keyEnd(index));
  }

  /** Returns the index of the first row at or after a key; `count` if there is none. */
  indexOf(key: string): number {
    let low = 0;
    let high = this.count;
    let headAt = -1;
    /** The offset of the tail in `key` if `key` has the same head as the key of the row at `middle`; -1 otherwise. */
    let rest = -1;
    let isHeadBefore = false;
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = this.headAt(middle);
      if (at !== headAt) {
        headAt = at;
        const head = this.#head(middle);
        rest = key.startsWith(head) ? head.length : -1;
        isHeadBefore = head < key;
      }
      if (rest < 0 ? isHeadBefore : this.#isRestBefore(middle, key, rest)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Returns whether the row at an index has exactly this key. */
  isAt(index: number, key: string): boolean {
    return index < this.count && this.key(index) === key;
  }

  /** Returns a row in the form needed to write it to another block. */
  entry(index: number): BlockEntry {
    return {
      head: this.#head(index),
      bytes: this.bytes,
      start: this.rowStart(index),
      rowEnd: this.rowEnd(index),
      end: this.keyEnd(index),
      tail: '',
      isPlain: this.isPlain(index),
    };
  }

  #isRestBefore(index: number, key: string, rest: number): boolean {
    const { bytes } = this;
    const end = this.keyEnd(index);
    let at = this.rowEnd(index);
    for (let place = rest; place < key.length; place++, at++) {
      if (at === end) return true;
      const difference = bytes[at]! - key.charCodeAt(place);
      if (difference !== 0) return difference < 0;
    }
    return false;
  }

  /** Returns the head of a row's key. It is cached, since adjacent rows mostly share it. */
  #head(index: number): string {
    const at = this.headAt(index);
    if (at !== this.#headAt) {
      const from = at + HEAD_SIZE_BYTES;
      this.#headText = this.bytes.toString('latin1', from, from + this.#view.getUint16(at, true));
      this.#headAt = at;
    }
    return this.#headText;
  }

  /**
   * Returns whether all offsets are within their bounds. The checksum detects accidental corruption; this check detects
   * crafted bytes with a matching checksum.
   */
  #isSound(): boolean {
    const { bytes, next } = this;
    const nextSize = this.#view.getUint32(NEXT_SIZE_AT, true);
    const headsAt = DIRECTORY_AT + this.count * ENTRY_BYTES + nextSize;
    if (headsAt > bytes.length || (next !== undefined && next <= this.first)) return false;
    let known = -1;
    let headEnd = 0;
    let isOfUser = false;
    for (let index = 0, from = headsAt; index < this.count; index++) {
      const head = this.headAt(index);
      const [start, end] = [this.rowStart(index), this.rowEnd(index)];
      if (start < from || end < start || end > bytes.length) return false;
      if (head !== known) {
        if (head < headsAt || !this.#isHead(head, start)) return false;
        known = head;
        headEnd = head + HEAD_SIZE_BYTES + this.#view.getUint16(head, true);
        isOfUser = this.#view.getUint32(head + HEAD_SIZE_BYTES) !== SYSTEM_TABLE;
      }
      if (headEnd > start || headEnd - head + this.keyEnd(index) - end > LONGEST_KEY) return false;
      if (isOfUser && !hasHeader(bytes, start, end)) return false;
      from = end;
    }
    return true;
  }

  /** Returns whether a valid head of a key begins at offset `at` and ends at or before offset `before`. */
  #isHead(at: number, before: number): boolean {
    const from = at + HEAD_SIZE_BYTES;
    if (from > before) return false;
    const size = this.#view.getUint16(at, true);
    return size >= SMALLEST_HEAD && from + size <= before && this.bytes[from + size - 1] === SEPARATOR;
  }
}

/** Returns the size in bytes of a block with these rows and this first key of the next block. */
export function sizeOf(entries: readonly BlockEntry[], next: string | undefined): number {
  let size = DIRECTORY_AT + (next?.length ?? 0) + headsSize(entries);
  for (const { start, end, tail } of entries) size += ENTRY_BYTES + end - start + tail.length;
  return size;
}

/** Returns the total size in bytes of the heads. Adjacent rows of a partition share one, which counts once. */
function headsSize(entries: readonly BlockEntry[]): number {
  let size = 0;
  let last: string | undefined;
  for (const { head } of entries) {
    if (head === last) continue;
    last = head;
    size += HEAD_SIZE_BYTES + head.length;
  }
  return size;
}

/**
 * Copies rows and the tails of their keys to a block. Rows that are adjacent in their source are copied with one call.
 */
function copyRows(entries: readonly BlockEntry[], target: Buffer, from: number): void {
  let at = from;
  for (let index = 0; index < entries.length;) {
    const { bytes, start, tail } = entries[index]!;
    let { end } = entries[index]!;
    index += 1;
    if (tail === '') {
      for (; index < entries.length; index++) {
        const next = entries[index]!;
        if (next.bytes !== bytes || next.start !== end || next.tail !== '') break;
        ({ end } = next);
      }
    }
    at += bytes.copy(target, at, start, end);
    if (tail !== '') at += target.write(tail, at, 'latin1');
  }
}

function checksum(first: string, bytes: Buffer): number {
  return crc32(bytes.subarray(COUNT_AT), crc32(Buffer.from(first, 'latin1')));
}
