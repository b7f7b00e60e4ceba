import { parseDateTime } from '../../edm/date-time.js';
import type { EdmType } from '../../edm/edm-type.js';
import { GUID_LENGTH, readDigits, readDigitsOf } from '../../edm/guid-text.js';
import { Guid } from '../../edm/guid.js';
import { TIMESTAMP, type RetainedRow, type RowReader, type Slot, type UndeclaredValue } from '../../store/row.js';
import { compactRow } from './compact-row.js';
import { base64In, readNumber, twoDigits } from './json-bytes.js';
import { KIND, RowFrame } from './row-frame.js';
import type { RowLayout } from './row-layout.js';
import { ETAG, type RowMembers } from './row-members.js';
import { storedMembers } from './stored-members.js';
import { unannotatedType } from './unannotated-type.js';

/** Reads rows where they stand in the bytes of an answer: a value is read when somebody asks for it. */
export class JsonRowReader implements RowReader {
  readonly #layout: RowLayout;
  readonly #annotated: boolean;
  readonly #frame: RowFrame;
  /** The text of ASCII bytes, this row's among them, and where it is. */
  #text = '';
  #textStart = 0;
  #textEnd = 0;
  /** The digits of the Guid that begins at an index. */
  readonly #digits = new Int32Array(4);
  #guidAt = -1;

  /** @param annotated Whether the rows carry their types; where they do not, the declared type decides. */
  constructor(members: RowMembers, annotated: boolean) {
    this.#layout = members.layout;
    this.#annotated = annotated;
    this.#frame = new RowFrame(members);
  }

  /** Opens an answer. */
  open(bytes: Buffer): this {
    this.#frame.open(bytes);
    this.#textEnd = 0;
    this.#guidAt = -1;
    return this;
  }

  /** Stands on the row that begins at an index. Returns the index after it, or -1 for one that is not written as the service writes it. */
  on(start: number): number {
    return this.#frame.on(start);
  }

  /** Stands on the row of a text. Throws SyntaxError when it is none. */
  onText(text: string): this {
    const bytes = Buffer.from(text);
    if (this.open(bytes).on(0) === bytes.length) return this;
    const compact = Buffer.from(compactRow(text));
    if (this.open(compact).on(0) !== compact.length) throw new SyntaxError('A row of the answer is none');
    return this;
  }

  typeOf(slot: Slot): EdmType | undefined {
    const frame = this.#frame;
    const kind = frame.kind(slot);
    if (slot < 0) return slot !== TIMESTAMP ? 'String' : kind === KIND.absent ? undefined : 'DateTime'; // not selected, or not told by an ETag
    switch (kind) {
      case KIND.absent:
        return undefined;
      case KIND.text:
      case KIND.escaped:
        return this.#textType(slot);
      case KIND.number:
        return this.#layout.types[slot] === 'Double' || !isInt32(this.number(slot)) ? 'Double' : 'Int32';
      default:
        return 'Boolean';
    }
  }

  /** The type of a text. One that is no Guid is a String, whatever is told of it: what is declared then says that it does not fit. */
  #textType(slot: Slot): EdmType {
    const told = this.#annotated ? this.#frame.type(slot) : this.#layout.types[slot]!;
    if (told === 'Guid') return this.#readGuid(slot) ? told : 'String';
    return this.#annotated || told === 'String' ? told : unannotatedType(this.string(slot), told);
  }

  /** Reads the digits of a Guid, unless they were read last; whether there are such. */
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
    const value = frame.kind(slot) === KIND.number ? frame.number(slot) : Number.NaN;
    return Number.isNaN(value) ? Number(this.string(slot)) : value; // the special Doubles are texts
  }

  boolean(slot: Slot): boolean {
    return this.#frame.kind(slot) === KIND.true;
  }

  int64(slot: Slot): bigint {
    const frame = this.#frame;
    const isRead = readNumber(frame.bytes, frame.from(slot), NUMBER, 0) === frame.to(slot) && !Number.isNaN(NUMBER[0]);
    return BigInt(isRead ? NUMBER[0]! : this.string(slot));
  }

  /** A DateTime as the service writes it is read by position, which takes a third of the time of Date.parse. */
  milliseconds(slot: Slot): number {
    const frame = this.#frame;
    const { bytes } = frame;
    const at = frame.from(slot);
    const end = frame.to(slot);
    const length = frame.kind(slot) === KIND.escaped ? 0 : end - at;
    const fraction =
      length === 20 ? 0 : length > 23 ? twoDigits(bytes, at + 20) * 10 + bytes[at + 22]! - ZERO : undefined;
    // Date.UTC takes the years before 100 for others.
    if (fraction === undefined || bytes[end - 1] !== UPPER_Z || bytes[at] === ZERO)
      return parseDateTime(this.string(slot))!.milliseconds;
    return Date.UTC(
      twoDigits(bytes, at) * 100 + twoDigits(bytes, at + 2),
      twoDigits(bytes, at + 5) - 1,
      twoDigits(bytes, at + 8),
      twoDigits(bytes, at + 11),
      twoDigits(bytes, at + 14),
      twoDigits(bytes, at + 17),
      fraction,
    );
  }

  ticks(slot: Slot): number {
    const length = this.#frame.to(slot) - this.#frame.from(slot); // more if something is escaped
    return length <= '2000-01-01T00:00:00.123Z'.length ? 0 : (parseDateTime(this.string(slot))?.ticks ?? 0);
  }

  guid(slot: Slot): Guid {
    return this.#readGuid(slot) ? Guid.ofDigits(this.#digits) : Guid.parse(this.string(slot));
  }

  binary(slot: Slot): Uint8Array {
    const frame = this.#frame;
    return frame.kind(slot) === KIND.text
      ? base64In(frame.bytes, frame.from(slot), frame.to(slot))
      : new Uint8Array(Buffer.from(this.string(slot), 'base64'));
  }

  get etag(): string {
    if (this.#frame.kind(ETAG) !== KIND.absent) return this.string(ETAG);
    const timestamp = this.string(TIMESTAMP);
    return timestamp === '' ? '' : `W/"datetime'${encodeURIComponent(timestamp)}'"`;
  }

  undeclared(): Iterable<readonly [name: string, value: UndeclaredValue]> {
    return storedMembers(this.#rowText, new Set(this.#layout.names));
  }

  retain(): RetainedRow {
    return this.#rowText as unknown as RetainedRow;
  }

  get #rowText(): string {
    return this.#slice(this.#frame.start, this.#frame.end);
  }

  /** Some of the row. Short rows have a text in common: making one takes as long as many slices of it. */
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

/** A slice keeps its text alive, so that the text of several rows is short. */
const SHARED_TEXT_BYTES = 1024;

/** Where a number is read to. */
const NUMBER = new Float64Array(1);

const ZERO = 48;
const UPPER_Z = 90;

function isInt32(value: number): boolean {
  return (value | 0) === value && !Object.is(value, -0);
}
