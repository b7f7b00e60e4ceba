import { INSTANT_BYTES, writeInstant } from './instant.js';
import type { ByteSlice } from '../ordered-rows.js';
import { HEADER_BYTES, isLatin1 } from './row-format.js';
import { readDigitsOf, Guid } from '../../../edm/guid.js';

/**
 * Size of the buffers that written rows share. A single retained row keeps its whole buffer in memory, so this limits
 * how much memory one row can waste.
 */
const SHARED_BYTES = 8 * 1024;
/**
 * Maximum length of a text that is written in a loop over its UTF-16 units, which is faster than a call of
 * `Buffer.write`.
 */
const LOOPED_UNITS = 48;

/**
 * A buffer in which rows are encoded one after another. The fixed part of a row has an entry for each property, whose
 * size depends only on the property's type; the variable part has the content of its Strings and Binaries. Both grow
 * side by side while the row is written.
 */
export class RowBuffer {
  #bytes!: Buffer;
  #view!: DataView;
  #start = 0;
  /** The end of the fixed part so far, the start of the variable part, and the end of the variable part so far. */
  #fixed = 0;
  #variable = 0;
  #end = 0;

  constructor() {
    this.#use(Buffer.allocUnsafeSlow(SHARED_BYTES));
  }

  /**
   * Begins a row whose fixed part is expected to have `fixedBytes` bytes. A row that was begun before, but not taken
   * with {@link take}, is overwritten.
   */
  begin(fixedBytes: number): void {
    this.#fixed = this.#variable = this.#end = this.#start + HEADER_BYTES;
    this.#room(fixedBytes);
    this.#variable = this.#end += fixedBytes;
  }

  /**
   * Ends the current row and returns its bytes, with space for its header at the start. Later rows never overwrite
   * them.
   */
  take(): ByteSlice {
    const gap = this.#variable - this.#fixed;
    if (gap > 0) this.#bytes.copyWithin(this.#fixed, this.#variable, this.#end);
    const bytes = this.#bytes;
    const start = this.#start;
    const end = this.#end - gap;
    if (bytes.length === SHARED_BYTES) {
      this.#start = end;
      return { bytes, start, end };
    }
    const alone = Buffer.from(bytes.subarray(start, end));
    this.#start = 0;
    this.#use(Buffer.allocUnsafeSlow(SHARED_BYTES));
    return { bytes: alone, start: 0, end: alone.length };
  }

  boolean(value: boolean): void {
    const at = this.#reserve(1);
    this.#bytes[at] = value ? 1 : 0;
  }

  int32(value: number): void {
    const at = this.#reserve(4);
    this.#view.setInt32(at, value, true);
  }

  int64(value: bigint): void {
    const at = this.#reserve(8);
    this.#view.setBigInt64(at, value, true);
  }

  double(value: number): void {
    const at = this.#reserve(8);
    this.#view.setFloat64(at, value, true);
  }

  instant(milliseconds: number, ticks: number): void {
    const at = this.#reserve(INSTANT_BYTES);
    writeInstant(this.#bytes, at, milliseconds, ticks);
  }

  /** Returns `false` if the text is not a Guid. */
  guid(text: string): boolean {
    const at = this.#reserve(GUID_BYTES);
    return writeGuid(this.#view, at, text);
  }

  /**
   * Writes a text with one byte per character, and returns how many characters are not ASCII. If a character needs more
   * than one byte, it writes nothing and returns -1.
   */
  latin1(value: string): number {
    this.#room(3 * value.length);
    const beyondAscii = value.length <= LOOPED_UNITS ? this.#oneByOne(value) : this.#atOnce(value);
    if (beyondAscii < 0) return beyondAscii;
    this.#end += value.length;
    this.#close();
    return beyondAscii;
  }

  /** Writes a text and returns its size in bytes. */
  text(value: string, encoding: 'utf8' | 'utf16le'): number {
    this.#room(3 * value.length);
    const written = this.#bytes.write(value, this.#end, encoding);
    this.#end += written;
    this.#close();
    return written;
  }

  binary(value: Uint8Array): void {
    this.#room(value.byteLength);
    this.#bytes.set(value, this.#end);
    this.#end += value.byteLength;
    this.#close();
  }

  #oneByOne(value: string): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let beyondAscii = 0;
    for (let index = 0; index < value.length; index++) {
      const unit = value.charCodeAt(index);
      if (unit >= 0x80) {
        if (unit > 0xff) return -1;
        beyondAscii++;
      }
      bytes[end + index] = unit;
    }
    return beyondAscii;
  }

  #atOnce(value: string): number {
    const written = this.#bytes.write(value, this.#end, 'utf8');
    if (written === value.length) return 0;
    if (!isLatin1(value)) return -1;
    this.#bytes.write(value, this.#end, 'latin1');
    return written - value.length; // each non-ASCII character has two bytes in UTF-8
  }

  /** Records the current end of the variable part as an entry of the fixed part. */
  #close(): void {
    const at = this.#reserve(4);
    this.#view.setUint32(at, this.#end - this.#variable, true);
  }

  #reserve(size: number): number {
    if (this.#fixed + size > this.#variable) this.#widen(Math.max(size, this.#fixed - this.#start));
    const at = this.#fixed;
    this.#fixed = at + size;
    return at;
  }

  /** Enlarges the fixed part by moving the variable part. */
  #widen(size: number): void {
    this.#room(size);
    this.#bytes.copyWithin(this.#variable + size, this.#variable, this.#end);
    this.#variable += size;
    this.#end += size;
  }

  /** Makes room after the variable part. If the buffer is full, the row moves to the start of a new one. */
  #room(size: number): void {
    if (this.#end + size <= this.#bytes.length) return;
    const start = this.#start;
    const used = this.#end - start;
    const needed = used + size;
    const bytes = Buffer.allocUnsafeSlow(needed <= SHARED_BYTES ? SHARED_BYTES : 2 * needed);
    this.#bytes.copy(bytes, 0, start, this.#end);
    this.#use(bytes);
    this.#start = 0;
    this.#fixed -= start;
    this.#variable -= start;
    this.#end -= start;
  }

  #use(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}

/** Size of a Guid in a row, in bytes. Its hexadecimal digits are stored in the order in which they are printed. */
export const GUID_BYTES = 16;

/**
 * Scratch space for the digits of a Guid, to avoid an allocation per Guid. Sharing it is harmless, since each function
 * below fills and reads it without interruption.
 */
const DIGITS = new Int32Array(4);

/** Writes a Guid that is given as text in upper or lower case. Returns `false` if the text is not a Guid. */
export function writeGuid(view: DataView, at: number, text: string): boolean {
  if (!readDigitsOf(text, DIGITS)) return false;
  for (let index = 0; index < 4; index++) view.setInt32(at + index * 4, DIGITS[index]!);
  return true;
}

/** Reads a Guid. */
export function readGuid(view: DataView, at: number): Guid {
  for (let index = 0; index < 4; index++) DIGITS[index] = view.getInt32(at + index * 4);
  return Guid.ofDigits(DIGITS);
}
