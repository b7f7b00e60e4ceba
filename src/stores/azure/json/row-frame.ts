import type { EdmType } from '../../../edm/edm-type.js';
import type { Slot } from '../../../store/row.js';
import { CLOSE_BRACE, COMMA, isEscape, OPEN_BRACE, QUOTE, readNumber } from './json-bytes.js';
import { OTHER, type RowMembers } from './row-members.js';

/** What stands as a value. Numbers, since they are stored for each value of each row. */
export const KIND = {
  /** Nothing, or null. */
  absent: 0,
  text: 1,
  /** A text in which something is escaped. */
  escaped: 2,
  number: 3,
  true: 4,
  false: 5,
} as const;

export type Kind = (typeof KIND)[keyof typeof KIND];

const SPACE = 32;
const BACKSLASH = 92;
const LOWER_E = 101;

/** `true`, `fals` and `null`, four bytes at a time. */
const [TRUE, FALS, NULL] = ['true', 'fals', 'null'].map((text) => Buffer.from(text).readInt32BE()) as [
  number,
  number,
  number,
];

/**
 * Where the values of a row stand in the bytes of an answer, found without parsing it: what stands between them is compared with that of
 * the row before.
 */
export class RowFrame {
  bytes: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(this.bytes.buffer, 0, 0);
  start = 0;
  end = 0;
  /** Whether a byte is a character. */
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

  /** What stands in a slot. */
  kind(slot: Slot): Kind {
    return this.#kinds[slot - OTHER] as Kind;
  }

  /** The type that is told of a value, if one is. */
  type(slot: Slot): EdmType | undefined {
    return this.#types[slot - OTHER];
  }

  /** What a number is; NaN where its text must be read. */
  number(slot: Slot): number {
    return this.#numbers[slot - OTHER]!;
  }

  /** Where the value begins, of a text within its quotes. */
  from(slot: Slot): number {
    return this.#from[slot - OTHER]!;
  }

  /** Where it ends. */
  to(slot: Slot): number {
    return this.#to[slot - OTHER]!;
  }

  /** Whether a text stands in a slot. */
  isText(slot: Slot): boolean {
    const kind = this.#kinds[slot - OTHER];
    return kind === KIND.text || kind === KIND.escaped;
  }

  /** Whether the text in a slot is written with these bytes. */
  isWritten(slot: Slot, expected: Uint8Array): boolean {
    const { bytes } = this;
    const from = this.#from[slot - OTHER]!;
    if (this.#to[slot - OTHER]! - from !== expected.length) return false;
    for (let index = 0; index < expected.length; index++) if (bytes[from + index] !== expected[index]) return false;
    return true;
  }

  /** Opens an answer. */
  open(bytes: Buffer): this {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return this;
  }

  /** Finds the values of the row that begins at an index. Returns the index after it, or -1 for one that is not written as the service writes it. */
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

  /** The quote that ends a text; -1 where JSON knows no such text. */
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

  /** A number, a Boolean or null. */
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

/** Whether four bytes are ASCII, and none of them a control, a quote or a backslash: a byte that is too small borrows from its highest bit. */
function isPlain(four: number): boolean {
  const quotes = four ^ 0x22222222;
  const backslashes = four ^ 0x5c5c5c5c;
  const found =
    ((quotes - 0x01010101) & ~quotes) | ((backslashes - 0x01010101) & ~backslashes) | (four - 0x20202020) | four;
  return (found & 0x80808080) === 0;
}
