import { formatDateTime } from '../../../edm/date-time.js';
import type { EdmType } from '../../../edm/edm-type.js';
import { doubleText } from '../../../edm/literal.js';
import { keyedSize, propertySize } from '../../../store/limits.js';
import type { RowWriter, Slot, UndeclaredValue, RowShape } from '../../../store/row.js';
import { TYPE_SUFFIX } from './row-members.js';

/** Matches a text of printable ASCII that needs no escape in JSON. */
const PLAIN = /^[ !#-[\]-~]*$/;
/** Maximum length of a text for which a loop is faster than the regular expression `PLAIN`. */
const LOOPED_UNITS = 48;
const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;
const TILDE = 126;

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Writes a row as the JSON body of a request. It adds a type annotation wherever the service would otherwise infer a
 * different type.
 */
export class JsonRowWriter implements RowWriter {
  readonly #members: readonly WrittenMember[];
  /** The body up to and including the value of `#last`. The text after that value is added with the next property. */
  #text: string;
  #last: WrittenMember | undefined;
  #size: number;
  #isAscii = true;

  /** @param members The text around the values of the shape's properties, indexed by slot; see `writtenMembers`. */
  constructor(members: readonly WrittenMember[], partitionKey: string, rowKey: string) {
    this.#members = members;
    this.#size = keyedSize(partitionKey, rowKey);
    this.#text = `{"PartitionKey":"${this.#escaped(partitionKey)}","RowKey":"${this.#escaped(rowKey)}"`;
  }

  /** The complete body. */
  get text(): string {
    return `${this.#text}${this.#last?.after ?? ''}}`;
  }

  /** True if the body certainly consists of ASCII only, so that its length is also its size in bytes. */
  get isAscii(): boolean {
    return this.#isAscii;
  }

  /** The entity's size by the service's formula, in bytes. */
  get size(): number {
    return this.#size;
  }

  string(slot: Slot, value: string): void {
    this.#size += value.length * 2;
    this.#add(this.#member(slot, 'String'), this.#escaped(value));
  }

  int32(slot: Slot, value: number): void {
    this.#add(this.#member(slot, 'Int32'), String(value));
  }

  double(slot: Slot, value: number): void {
    const text = doubleText(value);
    this.#add(this.#member(slot, 'Double'), Number.isFinite(value) ? text : `"${text}"`);
  }

  boolean(slot: Slot, value: boolean): void {
    this.#add(this.#member(slot, 'Boolean'), value ? 'true' : 'false');
  }

  int64(slot: Slot, value: bigint): void {
    this.#add(this.#member(slot, 'Int64'), String(value));
  }

  dateTime(slot: Slot, milliseconds: number, ticks: number): void {
    this.#add(this.#member(slot, 'DateTime'), formatDateTime(milliseconds, ticks));
  }

  guid(slot: Slot, value: string): void {
    this.#add(this.#member(slot, 'Guid'), value);
  }

  binary(slot: Slot, value: Uint8Array): void {
    this.#size += value.byteLength;
    this.#add(this.#member(slot, 'Binary'), base64(value));
  }

  undeclared(name: string, value: UndeclaredValue): void {
    if (value.type === 'Binary') this.#size += value.bytes.byteLength;
    if (value.type === 'String') this.#size += value.text.length * 2;
    this.#isAscii = false; // the value may contain characters outside ASCII
    this.#add(writtenMember(name, value.type), undeclaredText(value));
  }

  #member(slot: Slot, type: EdmType): WrittenMember {
    const member = this.#members[slot]!;
    return member.type === type ? member : writtenMember(member.name, type);
  }

  #add(member: WrittenMember, value: string): void {
    const last = this.#last;
    const between = member.previous === last ? member.between : (last?.after ?? '') + member.before;
    this.#text = this.#text + between + value; // `+` with one operand at a time: V8 flattens such a string quickly
    this.#last = member;
    this.#size += member.size;
    if (!member.isAscii) this.#isAscii = false;
  }

  #escaped(text: string): string {
    if (isPlain(text)) return text;
    this.#isAscii = false;
    return escaped(text);
  }
}

/** Returns whether a text is printable ASCII that needs no escape in a JSON string. */
function isPlain(text: string): boolean {
  if (text.length > LOOPED_UNITS) return PLAIN.test(text);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < SPACE || unit > TILDE || unit === QUOTE || unit === BACKSLASH) return false;
  }
  return true;
}

/** Escapes a text for JSON, without the quotation marks. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function undeclaredText(value: UndeclaredValue): string {
  switch (value.type) {
    case 'Binary':
      return base64(value.bytes);
    case 'Boolean':
      return value.text === 'true' ? 'true' : 'false';
    case 'Double':
    case 'Int32':
      return JSON_NUMBER.test(value.text) ? value.text : JSON.stringify(value.text);
    default:
      return escaped(value.text);
  }
}

/**
 * Scratch buffer into which short values are copied before they are encoded. A small Uint8Array has no ArrayBuffer of
 * its own until `.buffer` is read, and creating one takes longer than the copy and the encoding. All writers can share
 * the buffer, because it is used within one synchronous call only.
 */
const SCRATCH = Buffer.alloc(1024);

/** Encodes the bytes of a view in base64, without the other bytes of its buffer. */
function base64(bytes: Uint8Array): string {
  const { byteLength } = bytes;
  if (byteLength > SCRATCH.length) return Buffer.from(bytes.buffer, bytes.byteOffset, byteLength).toString('base64');
  SCRATCH.set(bytes);
  return SCRATCH.toString('base64', 0, byteLength);
}

/** The text around the value of a property, computed once for each name and type. */
export interface WrittenMember {
  readonly name: string;
  readonly type: EdmType;
  /** The member that is usually written before this one. */
  readonly previous: WrittenMember | undefined;
  /** Text between the value of `previous` and the value of this member: `previous.after`, then `before`. */
  readonly between: string;
  /** Text before the value: a comma, the name and, for a string, the quotation mark. */
  readonly before: string;
  /** Text after the value: the closing quotation mark and, if needed, the type annotation. */
  readonly after: string;
  /** True if the text around the value is ASCII. */
  readonly isAscii: boolean;
  /** The property's size by the service's formula, without the content of a String or Binary. */
  readonly size: number;
}

/** Types whose values have no quotation marks in JSON. */
const BARE: ReadonlySet<EdmType> = new Set(['Boolean', 'Double', 'Int32']);

/** Types that the service infers from the JSON value, so that no annotation is needed. */
const TOLD: ReadonlySet<EdmType> = new Set(['Boolean', 'Int32', 'String']);

/** Computes the text around the values of a property. */
export function writtenMember(name: string, type: EdmType, previous?: WrittenMember): WrittenMember {
  const quote = BARE.has(type) ? '' : '"';
  const before = piece(',', JSON.stringify(name), ':', quote);
  const after = TOLD.has(type) ? quote : piece(quote, ',', JSON.stringify(name + TYPE_SUFFIX), ':"Edm.', type, '"');
  const between = piece(previous?.after ?? '', before);
  const isAscii = Buffer.byteLength(name) === name.length;
  return { name, type, previous, between, before, after, isAscii, size: propertySize(name, type) };
}

/**
 * Computes the text around the values of all properties of a shape, indexed by slot. Each member refers to its
 * predecessor: if members are written in this order, the text between two values is one precomputed string.
 */
export function writtenMembers({ properties }: RowShape): readonly WrittenMember[] {
  const members: WrittenMember[] = [];
  for (const { name, type } of properties) members.push(writtenMember(name, type, members.at(-1)));
  return members;
}

/**
 * Joins texts into one flat string. The operator `+` would build a rope (a tree of parts), which V8 would have to
 * traverse whenever it reads a string that contains the rope.
 */
function piece(...texts: readonly string[]): string {
  return texts.join('');
}
