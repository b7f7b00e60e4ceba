import type { EdmType } from '../../../edm/edm-type.js';
import type { Slot } from '../../../store/row.js';
import { CLOSE_BRACE, COMMA, isEscape, OPEN_BRACE, QUOTE, readNumber } from './json-bytes.js';
import { OTHER, type RowMembers } from './row-members.js';

/** The kinds of JSON values. They are numbers, so that a typed array can store the kind of each value of a row. */
export const KIND = {
  /** The property is missing or null. */
  absent: 0,
  text: 1,
  /** A string that contains an escape sequence. */
  escaped: 2,
  number: 3,
  true: 4,
  false: 5,
} as const;

export type Kind = (typeof KIND)[keyof typeof KIND];

const SPACE = 32;
const BACKSLASH = 92;
const LOWER_E = 101;

/** The first four bytes of `true`, `false` and `null` as 32-bit integers, so that one comparison checks all four. */
const [TRUE, FALS, NULL] = ['true', 'fals', 'null'].map((text) => Buffer.from(text).readInt32BE()) as [
  number,
  number,
  number,
];

/**
 * Locates a row's values in the bytes of a response without parsing the row: the bytes between the values are compared
 * with those of earlier rows. A slot is the index of a property in the row's shape, or a negative number for a key, the
 * timestamp or the ETag. For each slot, the frame stores the kind, the range and the annotated type of the value.
 * `JsonRowReader` decodes the values; its comment explains the design and the service's compact form.
 */
export class RowFrame {
  bytes: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(this.bytes.buffer, 0, 0);
  start = 0;
  end = 0;
  /** True if the row consists of ASCII only, so that each byte is one character. */
  ascii = true;
  #escaped = false;
  readonly #members: RowMembers;
  readonly #kinds: Uint8Array;
  readonly #types: (EdmType | undefined)[];
  readonly #numbers: Float64Array;
  readonly #from: Int32Array;
  readonly #to: Int32Array;

  constructor(members: RowMembers) {
    const { slots } = members;
    this.#members = members;
    this.#kinds = new Uint8Array(slots);
    this.#types = new Array<EdmType | undefined>(slots).fill(undefined);
    this.#numbers = new Float64Array(slots);
    this.#from = new Int32Array(slots);
    this.#to = new Int32Array(slots);
  }

  /** Returns the kind of value in a slot. */
  kind(slot: Slot): Kind {
    return this.#kinds[slot - OTHER] as Kind;
  }

  /** Returns the annotated type of a value, if there is an annotation. */
  type(slot: Slot): EdmType | undefined {
    return this.#types[slot - OTHER];
  }

  /** Returns the parsed number in a slot, or NaN if the caller must convert the text of the number itself. */
  number(slot: Slot): number {
    return this.#numbers[slot - OTHER]!;
  }

  /** Returns the index at which the value in a slot begins; for a string, the index after its opening quote. */
  from(slot: Slot): number {
    return this.#from[slot - OTHER]!;
  }

  /** Returns the index after the value in a slot; for a string, the index of its closing quote. */
  to(slot: Slot): number {
    return this.#to[slot - OTHER]!;
  }

  /** Returns whether the value in a slot is a string. */
  isText(slot: Slot): boolean {
    const kind = this.#kinds[slot - OTHER];
    return kind === KIND.text || kind === KIND.escaped;
  }

  /** Returns whether the value in a slot consists of exactly these bytes. */
  isWritten(slot: Slot, expected: Uint8Array): boolean {
    const { bytes } = this;
    const from = this.#from[slot - OTHER]!;
    if (this.#to[slot - OTHER]! - from !== expected.length) return false;
    for (let index = 0; index < expected.length; index++) if (bytes[from + index] !== expected[index]) return false;
    return true;
  }

  /** Sets the response to read from. */
  open(bytes: Buffer): this {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return this;
  }

  /**
   * Locates the values of the row that begins at an index. Returns the index after it, or -1 if it is not in the
   * service's compact form.
   */
  on(start: number): number {
    const { bytes } = this;
    const view = this.#view;
    const members = this.#members;
    this.#kinds.fill(KIND.absent);
    this.start = start;
    this.ascii = true;
    if (bytes[start] !== OPEN_BRACE) return -1;
    if (bytes[start + 1] === CLOSE_BRACE) return (this.end = start + 2);
    let at = start;
    let member = members.start;
    do {
      const next = members.after(member, bytes, view, at);
      if (next === undefined) return -1;
      member = next;
      if (!next.ascii) this.ascii = false;
      const index = next.slot - OTHER;
      const from = at + next.length;
      this.#types[index] = next.type;
      if (bytes[from] !== QUOTE) {
        at = this.#bare(index, from);
        if (at < 0) return -1;
        continue;
      }
      this.#escaped = false;
      at = this.#textEnd(from + 1);
      if (at < 0) return -1;
      this.#found(index, this.#escaped ? KIND.escaped : KIND.text, from + 1, at++);
    } while (bytes[at] === COMMA);
    return bytes[at] === CLOSE_BRACE ? (this.end = at + 1) : -1;
  }

  /** Returns the index of the quote that ends a string, or -1 if it is not a valid JSON string. */
  #textEnd(from: number): number {
    const { bytes } = this;
    const view = this.#view;
    const end = bytes.length - 4;
    for (let at = from; at < bytes.length;) {
      while (at <= end && isPlain(view.getInt32(at))) at += 4;
      for (const stop = at + 4; at < stop; at++) {
        const code = bytes[at];
        if (code === QUOTE) return at;
        if (code === BACKSLASH) {
          this.#escaped = true;
          if (!isEscape(bytes, ++at)) return -1;
        } else if (code! < SPACE) return -1;
        else if (code! >= 128) this.ascii = false;
      }
    }
    return -1;
  }

  /** Locates a number, a Boolean or null. Returns the index after it, or -1 if the bytes are none of these. */
  #bare(index: number, from: number): number {
    const end = readNumber(this.bytes, from, this.#numbers, index);
    if (end > 0) return this.#found(index, KIND.number, from, end);
    const word = from + 4 > this.bytes.length ? 0 : this.#view.getInt32(from);
    if (word === TRUE) return this.#found(index, KIND.true, from, from + 4);
    if (word === NULL) return this.#found(index, KIND.absent, from, from + 4);
    return word === FALS && this.bytes[from + 4] === LOWER_E ? this.#found(index, KIND.false, from, from + 5) : -1;
  }

  #found(index: number, kind: Kind, from: number, to: number): number {
    this.#kinds[index] = kind;
    this.#from[index] = from;
    return (this.#to[index] = to);
  }
}

/**
 * Returns whether four bytes are all ASCII, and none is a control character, a quote or a backslash. XOR turns a quote
 * or a backslash into a zero byte; the subtractions set the highest bit of a zero byte, and of a control character. If
 * the result is false by mistake, nothing is lost: the caller then reads the bytes one by one.
 */
function isPlain(four: number): boolean {
  const quotes = four ^ 0x22222222;
  const backslashes = four ^ 0x5c5c5c5c;
  const found =
    ((quotes - 0x01010101) & ~quotes) | ((backslashes - 0x01010101) & ~backslashes) | (four - 0x20202020) | four;
  return (found & 0x80808080) === 0;
}
