import { INSTANT_BYTES, writeInstant } from './instant.js';
import type { ByteSlice } from '../ordered-rows.js';
import { HEADER_BYTES, isLatin1 } from './row-format.js';
import { readDigitsOf, Guid } from '../../../edm/guid.js';

/** Bytes that rows which are written share: as much as one that is kept alone can hold back. */
const SHARED_BYTES = 8 * 1024;
/** Shorter texts are written faster one by one than by a call. */
const LOOPED_UNITS = 48;

/** Where rows are encoded, one behind the other in the same bytes. The fixed part and the variable part of a row grow side by side. */
export class RowBuffer {
  #bytes!: Buffer;
  #view!: DataView;
  #start = 0;
  /** Where the fixed part goes on, where the variable part begins, and where it goes on. */
  #fixed = 0;
  #variable = 0;
  #end = 0;

  constructor() {
    this.#use(Buffer.allocUnsafeSlow(SHARED_BYTES));
  }

  /** Begins a row whose fixed part will likely have so many bytes. What was begun before and not taken is written over. */
  begin(fixedBytes: number): void {
    this.#fixed = this.#variable = this.#end = this.#start + HEADER_BYTES;
    this.#room(fixedBytes);
    this.#variable = this.#end += fixedBytes;
  }

  /** The row that was begun, with room for its header: nobody writes its bytes again. */
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

  /** `false` where the text is none. */
  guid(text: string): boolean {
    const at = this.#reserve(GUID_BYTES);
    return writeGuid(this.#view, at, text);
  }

  /** Writes a text, a byte for each character, and gives how many are not ASCII. Writes nothing, and gives -1, where one needs more than a byte. */
  latin1(value: string): number {
    this.#room(3 * value.length);
    const beyondAscii = value.length <= LOOPED_UNITS ? this.#oneByOne(value) : this.#atOnce(value);
    if (beyondAscii < 0) return beyondAscii;
    this.#end += value.length;
    this.#close();
    return beyondAscii;
  }

  /** Writes a text and gives its size in bytes. */
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
    return written - value.length; // in UTF-8 each of them has two bytes
  }

  /** Says in the fixed part where what was written to the variable part ends. */
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

  /** Makes more room for the fixed part. */
  #widen(size: number): void {
    this.#room(size);
    this.#bytes.copyWithin(this.#variable + size, this.#variable, this.#end);
    this.#variable += size;
    this.#end += size;
  }

  /** Makes room behind the variable part: in new bytes, where the row moves to their beginning. */
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

/** Bytes of a Guid in a row: its digits, in reading order. */
export const GUID_BYTES = 16;

/** Where digits are on their way. */
const DIGITS = new Int32Array(4);

/** Writes the text of a Guid, in any case; `false` where the text is none. */
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
