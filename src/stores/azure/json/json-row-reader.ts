import { parseDateTime, type Instant } from '../../../edm/date-time.js';
import type { EdmType } from '../../../edm/edm-type.js';
import { GUID_LENGTH, readDigits, readDigitsOf, Guid } from '../../../edm/guid.js';
import {
  PARTITION_KEY,
  ROW_KEY,
  TIMESTAMP,
  type RetainedRow,
  type RowReader,
  type Slot,
  type UndeclaredValue,
} from '../../../store/row.js';
import { isSendable } from '../../../store/check-etag.js';
import { compactRow, NO_ROW, storedMembers } from './json-text.js';
import { base64In, dateTimeIn, integerIn, isInteger } from './json-bytes.js';
import { KIND, RowFrame } from './row-frame.js';
import { ETAG, type RowLayout, type RowMembers } from './row-members.js';
import { LIST, WrongAnswer } from '../requests/wrong-answer.js';
import { bytesIn, illFormed, int64Of, isValue, numberOf } from './value-text.js';

/**
 * Reads a row directly from the bytes of a JSON response. A value is decoded only when the mapper asks for it. This
 * class is the centre of the store's own JSON reader. Its other parts are:
 *
 * - `row-members.ts` remembers the bytes that precede the values in earlier rows (name and type annotation), and
 *   compares new rows with them instead of parsing these.
 * - `row-frame.ts` locates the values of a row in the response.
 * - `json-bytes.ts` parses values from bytes.
 * - `read-rows.ts` iterates over the rows of a response.
 * - `json-text.ts` is the fallback, which reads any valid JSON.
 *
 * Why not JSON.parse: decoding a page of 1,000 rows to text and parsing it takes more than 2 ms, as long as the whole
 * page takes with this reader. JSON.parse also loses whether a number was written `3` or `3.0`, which distinguishes an
 * Int32 from a Double. The SDK takes 4 to 7 times as long for a page as Entitable with this reader; the figures are in
 * docs/performance.md.
 *
 * What makes it safe: the fast path accepts only the compact form that the service writes, without spaces and with each
 * type annotation directly before its property. A response in any other form takes the fallback, which validates it
 * with JSON.parse. Property-based tests (`json-row-reader.test.ts`, `read-rows.test.ts`) compare the result with that
 * of JSON.parse, for arbitrary rows and for responses in which arbitrary bytes were changed: the reader must return the
 * same values or reject the response.
 */
export class JsonRowReader implements RowReader {
  readonly #layout: RowLayout;
  readonly #frame: RowFrame;
  /** The text of a range of ASCII bytes that includes the current row. Several short rows share it; see `#slice`. */
  #text = '';
  #textStart = 0;
  #textEnd = 0;
  /**
   * The digits of the Guid at the byte index `#guidAt`. `typeOf` parses them to check the value, and `guid` uses them
   * again.
   */
  readonly #digits = new Int32Array(4);
  #guidAt = -1;

  constructor(members: RowMembers) {
    this.#layout = members.layout;
    this.#frame = new RowFrame(members);
  }

  /** Sets the response to read from. */
  open(bytes: Buffer): this {
    this.#frame.open(bytes);
    this.#textEnd = 0;
    this.#guidAt = -1;
    return this;
  }

  /**
   * Moves to the row that begins at an index. Returns the index after it, or -1 if it is not in the service's compact
   * form.
   */
  on(start: number): number {
    return this.#frame.on(start);
  }

  /**
   * Moves to a row that is given as text instead of as part of a response. Throws a SyntaxError if the text is not a
   * row.
   */
  onText(text: string): this {
    const bytes = Buffer.from(text);
    if (this.open(bytes).on(0) === bytes.length) return this;
    const compact = Buffer.from(compactRow(text));
    if (this.open(compact).on(0) !== compact.length) throw new SyntaxError(NO_ROW);
    return this;
  }

  /**
   * Returns whether the row has both keys and, if `etag` is set, an ETag or the timestamp from which an ETag can be
   * composed.
   */
  isWhole(etag: boolean): boolean {
    const frame = this.#frame;
    if (!frame.isText(PARTITION_KEY) || !frame.isText(ROW_KEY)) return false;
    return !etag || frame.isText(ETAG) || frame.isText(TIMESTAMP);
  }

  /**
   * Returns whether the value in a slot equals `key`. Compares the bytes of the value with `bytes`, the key in UTF-8,
   * and decodes the value only if they differ, because it may contain escapes.
   */
  isKey(slot: Slot, key: string, bytes: Uint8Array): boolean {
    return this.#frame.isWritten(slot, bytes) || this.string(slot) === key;
  }

  typeOf(slot: Slot): EdmType | undefined {
    const frame = this.#frame;
    const kind = frame.kind(slot);
    // A timestamp is absent if it was not selected, or if the row is a `WrittenRow` whose ETag contains no timestamp.
    if (slot < 0) return slot !== TIMESTAMP ? 'String' : kind === KIND.absent ? undefined : 'DateTime';
    switch (kind) {
      case KIND.absent:
        return undefined;
      case KIND.text:
      case KIND.escaped:
        return this.#textType(slot);
      case KIND.number:
        return this.#numberType(slot);
      default:
        return this.#stated(slot, 'Boolean');
    }
  }

  #textType(slot: Slot): EdmType {
    const stated = this.#frame.type(slot) ?? 'String';
    if (stated === 'Guid' ? !this.#readGuid(slot) : stated === 'Boolean') throw this.#illFormed(slot, stated);
    return stated;
  }

  /**
   * Returns the type of a number. Without an annotation, a number with a decimal point is a Double. Cosmos DB writes
   * integral Doubles without a point, so an integer is a Double if the class declares the property as a Double.
   */
  #numberType(slot: Slot): EdmType {
    const frame = this.#frame;
    const stated = frame.type(slot);
    const value = this.number(slot);
    if (stated === undefined) {
      if (this.#layout.types[slot] === 'Double' || !isInt32(value)) return 'Double';
      return isInteger(frame.bytes, frame.from(slot), frame.to(slot)) ? 'Int32' : 'Double';
    }
    if (stated === 'Double' || ((stated === 'Int32' || stated === 'Int64') && isValue(stated, this.string(slot))))
      return stated;
    throw this.#illFormed(slot, stated);
  }

  /**
   * Returns `type`, the only type that a value of this JSON kind can have. Throws if the annotation names a different
   * type.
   */
  #stated(slot: Slot, type: EdmType): EdmType {
    const stated = this.#frame.type(slot) ?? type;
    if (stated !== type) throw this.#illFormed(slot, stated);
    return type;
  }

  #illFormed(slot: Slot, type: EdmType): Error {
    const { names, table } = this.#layout;
    return illFormed(slot < 0 ? 'Timestamp' : names[slot]!, type, table);
  }

  /**
   * Parses the digits of a Guid into `#digits`, unless `#digits` still contains them from the previous call. Returns
   * false if the value is not a Guid.
   */
  #readGuid(slot: Slot): boolean {
    const frame = this.#frame;
    const from = frame.from(slot);
    if (from === this.#guidAt) return true;
    const isPlain = frame.kind(slot) === KIND.text && frame.to(slot) - from === GUID_LENGTH;
    const isGuid = isPlain
      ? readDigits(frame.bytes, from, this.#digits)
      : readDigitsOf(this.string(slot), this.#digits);
    this.#guidAt = isGuid ? from : -1;
    return isGuid;
  }

  string(slot: Slot): string {
    const { bytes } = this.#frame;
    const from = this.#frame.from(slot);
    const to = this.#frame.to(slot);
    switch (this.#frame.kind(slot)) {
      case KIND.absent:
        return '';
      case KIND.escaped:
        return JSON.parse(bytes.toString('utf8', from - 1, to + 1)) as string;
      default:
        return this.#slice(from, to);
    }
  }

  number(slot: Slot): number {
    const frame = this.#frame;
    if (frame.kind(slot) === KIND.number) {
      const value = frame.number(slot);
      return Number.isNaN(value) ? Number(this.string(slot)) : value;
    }
    const type = frame.type(slot) === 'Int32' ? 'Int32' : 'Double'; // special Doubles, such as NaN, are strings
    const value = numberOf(type, this.string(slot));
    if (value === undefined) throw this.#illFormed(slot, type);
    return value;
  }

  boolean(slot: Slot): boolean {
    return this.#frame.kind(slot) === KIND.true;
  }

  int64(slot: Slot): bigint {
    const frame = this.#frame;
    const read = integerIn(frame.bytes, frame.from(slot), frame.to(slot));
    if (!Number.isNaN(read)) return BigInt(read);
    const value = int64Of(this.string(slot));
    if (value === undefined) throw this.#illFormed(slot, 'Int64');
    return value;
  }

  milliseconds(slot: Slot): number {
    const frame = this.#frame;
    const read = dateTimeIn(frame.bytes, frame.from(slot), frame.to(slot));
    return Number.isNaN(read) ? this.#instant(slot).milliseconds : read;
  }

  ticks(slot: Slot): number {
    const length = this.#frame.to(slot) - this.#frame.from(slot); // longer if it contains escapes
    return length <= '2000-01-01T00:00:00.123Z'.length ? 0 : this.#instant(slot).ticks;
  }

  #instant(slot: Slot): Instant {
    const instant = parseDateTime(this.string(slot));
    if (instant === undefined) throw this.#illFormed(slot, 'DateTime');
    return instant;
  }

  guid(slot: Slot): Guid {
    if (!this.#readGuid(slot)) throw this.#illFormed(slot, 'Guid');
    return Guid.ofDigits(this.#digits);
  }

  binary(slot: Slot): Uint8Array {
    const frame = this.#frame;
    const bytes =
      frame.kind(slot) === KIND.text
        ? base64In(frame.bytes, frame.from(slot), frame.to(slot))
        : bytesIn(this.string(slot));
    if (bytes === undefined) throw this.#illFormed(slot, 'Binary');
    return bytes;
  }

  get etag(): string {
    if (this.#frame.kind(ETAG) !== KIND.absent) {
      const etag = this.string(ETAG);
      if (!isSendable(etag)) throw new WrongAnswer('it has a row whose ETag cannot be sent back', LIST);
      return etag;
    }
    const timestamp = this.string(TIMESTAMP);
    return timestamp === '' ? '' : `W/"datetime'${encodeURIComponent(timestamp)}'"`;
  }

  undeclared(): Iterable<readonly [name: string, value: UndeclaredValue]> {
    return storedMembers(this.#rowText, new Set(this.#layout.names), this.#layout.table);
  }

  retain(): RetainedRow {
    return this.#rowText as unknown as RetainedRow;
  }

  get #rowText(): string {
    return this.#slice(this.#frame.start, this.#frame.end);
  }

  /**
   * Returns a part of the row as text. Adjacent short rows are decoded together into one string, from which the parts
   * are sliced, because one call that decodes bytes takes as long as slicing a string many times.
   */
  #slice(from: number, to: number): string {
    const { bytes, start, end, ascii } = this.#frame;
    if (!ascii) return bytes.toString('utf8', from, to);
    if (from < this.#textStart || to > this.#textEnd) {
      this.#textStart = start;
      this.#textEnd = end - start > SHARED_TEXT_BYTES / 2 ? end : Math.min(bytes.length, start + SHARED_TEXT_BYTES);
      this.#text = bytes.toString('latin1', this.#textStart, this.#textEnd);
    }
    return this.#text.slice(from - this.#textStart, to - this.#textStart);
  }
}

/**
 * Length of the string that adjacent short rows share. In V8, a slice keeps the whole string alive, so this bounds the
 * memory that a retained slice can hold.
 */
const SHARED_TEXT_BYTES = 1024;

function isInt32(value: number): boolean {
  return (value | 0) === value && !Object.is(value, -0);
}
