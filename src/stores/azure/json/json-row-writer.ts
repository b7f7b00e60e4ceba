import { formatDateTime } from '../../../edm/date-time.js';
import type { EdmType } from '../../../edm/edm-type.js';
import { doubleText } from '../../../edm/literal.js';
import { keyedSize, propertySize } from '../../../store/limits.js';
import type { RowWriter, Slot, UndeclaredValue, RowShape } from '../../../store/row.js';
import { TYPE_SUFFIX } from './row-members.js';

/** Is ASCII and needs no escape. */
const PLAIN = /^[ !#-[\]-~]*$/;
/** Shorter texts are looked through faster than by a call of a regular expression. */
const LOOPED_UNITS = 48;
const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;
const TILDE = 126;

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Writes a row as the JSON of one request, each type annotated that the service could mistake. */
export class JsonRowWriter implements RowWriter {
  readonly #members: readonly WrittenMember[];
  /** But for what stands after the last member. */
  #text: string;
  #last: WrittenMember | undefined;
  #size: number;
  #isAscii = true;

  /** @param members By slot. */
  constructor(members: readonly WrittenMember[], partitionKey: string, rowKey: string) {
    this.#members = members;
    this.#size = keyedSize(partitionKey, rowKey);
    this.#text = `{"PartitionKey":"${this.#escaped(partitionKey)}","RowKey":"${this.#escaped(rowKey)}"`;
  }

  /** The body. */
  get text(): string {
    return `${this.#text}${this.#last?.after ?? ''}}`;
  }

  /** Whether a byte is a character of it, for certain. */
  get isAscii(): boolean {
    return this.#isAscii;
  }

  /** What the entity weighs, by the service's formula. */
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
    this.#isAscii = false; // nobody has looked
    this.#add(writtenMember(name, value.type), undeclaredText(value));
  }

  #member(slot: Slot, type: EdmType): WrittenMember {
    const member = this.#members[slot]!;
    return member.type === type ? member : writtenMember(member.name, type);
  }

  #add(member: WrittenMember, value: string): void {
    const last = this.#last;
    const between = member.previous === last ? member.between : (last?.after ?? '') + member.before;
    this.#text = this.#text + between + value; // one after the other: a tree of such pieces is quick to make flat
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

/** Whether a text stands between quotation marks as it is, a byte for each character. */
function isPlain(text: string): boolean {
  if (text.length > LOOPED_UNITS) return PLAIN.test(text);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < SPACE || unit > TILDE || unit === QUOTE || unit === BACKSLASH) return false;
  }
  return true;
}

/** A text as it stands between quotation marks. */
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

/** Where few bytes are copied to be read: a small array has no buffer until it is asked for one, which takes longer than all the rest. */
const FEW = Buffer.alloc(1024);

/** Exactly the bytes of the view: its buffer may hold more. */
function base64(bytes: Uint8Array): string {
  const { byteLength } = bytes;
  if (byteLength > FEW.length) return Buffer.from(bytes.buffer, bytes.byteOffset, byteLength).toString('base64');
  FEW.set(bytes);
  return FEW.toString('base64', 0, byteLength);
}

/** How a property of a type stands in the JSON of a request, but for its value. */
export interface WrittenMember {
  readonly name: string;
  readonly type: EdmType;
  /** What is mostly written before it. */
  readonly previous: WrittenMember | undefined;
  /** What stands between the value of the previous one and its own. */
  readonly between: string;
  /** The last part of that: the comma and the name; the quotation mark too, where the value is a text. */
  readonly before: string;
  /** What stands after it: the type too, where the service could mistake it. */
  readonly after: string;
  /** Whether a byte is a character in what stands around the value. */
  readonly isAscii: boolean;
  /** What the property weighs, by the service's formula, but for what a String or Binary holds. */
  readonly size: number;
}

/** Types whose values are no text in JSON. */
const BARE: ReadonlySet<EdmType> = new Set(['Boolean', 'Double', 'Int32']);

/** Types that the service knows without being told. */
const TOLD: ReadonlySet<EdmType> = new Set(['Boolean', 'Int32', 'String']);

/** Works out how properties of a name and a type are written. */
export function writtenMember(name: string, type: EdmType, previous?: WrittenMember): WrittenMember {
  const quote = BARE.has(type) ? '' : '"';
  const before = piece(',', JSON.stringify(name), ':', quote);
  const after = TOLD.has(type) ? quote : piece(quote, ',', JSON.stringify(name + TYPE_SUFFIX), ':"Edm.', type, '"');
  const between = piece(previous?.after ?? '', before);
  const isAscii = Buffer.byteLength(name) === name.length;
  return { name, type, previous, between, before, after, isAscii, size: propertySize(name, type) };
}

/** The same for all properties of a shape, by slot: written in this order, what is between two is one piece. */
export function writtenMembers({ properties }: RowShape): readonly WrittenMember[] {
  const members: WrittenMember[] = [];
  for (const { name, type } of properties) members.push(writtenMember(name, type, members.at(-1)));
  return members;
}

/** One flat text: what is added up would stay a tree, to be walked each time that a text made of it is read. */
function piece(...texts: readonly string[]): string {
  return texts.join('');
}
