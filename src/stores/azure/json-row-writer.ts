import { formatDateTime } from '../../edm/date-time.js';
import type { EdmType } from '../../edm/edm-type.js';
import { doubleText } from '../../edm/literal.js';
import { keyedSize, propertySize } from '../../store/entity-size.js';
import type { RowWriter, Slot, UndeclaredValue } from '../../store/row.js';
import { memberPrefix, typeMember, wideBytes, type RowLayout } from './row-layout.js';

/** Needs no escape, and a byte for each unit. */
const PLAIN = /^[ !#-[\]-~]*$/;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Writes a row as the JSON of one request, each type annotated that the service could mistake. */
export class JsonRowWriter implements RowWriter {
  readonly #layout: RowLayout;
  /** Joined once: a text that grows is a tree of all its pieces, which a written entity would keep. */
  readonly #pieces: string[];
  #length: number;
  #size: number;
  /** How many bytes the text has beyond one for each UTF-16 unit. */
  #wide = 0;

  constructor(layout: RowLayout, partitionKey: string, rowKey: string) {
    this.#layout = layout;
    const keys = `{"PartitionKey":${JSON.stringify(partitionKey)},"RowKey":${JSON.stringify(rowKey)}`;
    this.#pieces = [keys];
    this.#length = keys.length;
    this.#size = keyedSize(partitionKey, rowKey);
    this.#wide = wideBytes(partitionKey) + wideBytes(rowKey);
  }

  /** The body. */
  get text(): string {
    return this.#pieces.concat('}').join('');
  }

  /** What the entity weighs, by the service's formula. */
  get size(): number {
    return this.#size;
  }

  /** The body's length in UTF-8. */
  get bytes(): number {
    return this.#length + 1 + this.#wide;
  }

  string(slot: Slot, value: string): void {
    if (PLAIN.test(value)) return this.#plain(slot, 'String', `"${value}"`, value.length);
    this.#wide += wideBytes(value);
    this.#plain(slot, 'String', JSON.stringify(value), value.length);
  }

  int32(slot: Slot, value: number): void {
    this.#plain(slot, 'Int32', String(value));
  }

  double(slot: Slot, value: number): void {
    const text = doubleText(value);
    this.#annotated(slot, 'Double', Number.isFinite(value) ? text : `"${text}"`);
  }

  boolean(slot: Slot, value: boolean): void {
    this.#plain(slot, 'Boolean', value ? 'true' : 'false');
  }

  int64(slot: Slot, value: bigint): void {
    this.#annotated(slot, 'Int64', `"${value}"`);
  }

  dateTime(slot: Slot, milliseconds: number, ticks: number): void {
    this.#annotated(slot, 'DateTime', `"${formatDateTime(milliseconds, ticks)}"`);
  }

  guid(slot: Slot, value: string): void {
    this.#annotated(slot, 'Guid', `"${value}"`);
  }

  binary(slot: Slot, value: Uint8Array): void {
    this.#annotated(slot, 'Binary', `"${base64(value)}"`, value.byteLength);
  }

  undeclared(name: string, value: UndeclaredValue): void {
    const length = value.type === 'Binary' ? value.bytes.byteLength : value.type === 'String' ? value.text.length : 0;
    const plain = value.type === 'String' || value.type === 'Int32' || value.type === 'Boolean';
    this.#add(memberPrefix(name), undeclaredJson(value), plain ? '' : typeMember(name, value.type));
    this.#size += propertySize(name, value.type, length);
    this.#wide += wideBytes(name) * 2 + (value.type === 'String' ? wideBytes(value.text) : 0);
  }

  #add(prefix: string, json: string, suffix: string): void {
    this.#pieces.push(prefix, json, suffix);
    this.#length += prefix.length + json.length + suffix.length;
  }

  #plain(slot: Slot, type: EdmType, json: string, length = 0): void {
    const { names, prefixes, wideNames } = this.#layout;
    this.#add(prefixes[slot]!, json, '');
    this.#size += propertySize(names[slot]!, type, length);
    this.#wide += wideNames[slot]!;
  }

  #annotated(slot: Slot, type: EdmType, json: string, length = 0): void {
    const { names, types, prefixes, typeMembers, wideNames } = this.#layout;
    this.#add(prefixes[slot]!, json, types[slot] === type ? typeMembers[slot]! : typeMember(names[slot]!, type));
    this.#size += propertySize(names[slot]!, type, length);
    this.#wide += wideNames[slot]! * 2;
  }
}

/** Up to here bytes are copied: a small array has no buffer until it is asked for one, which takes longer than the copy. */
const COPIED = 1024;

/** Exactly the bytes of the view: its buffer may hold more. */
function base64(bytes: Uint8Array): string {
  const { byteLength } = bytes;
  const copy = byteLength <= COPIED ? Buffer.from(bytes) : Buffer.from(bytes.buffer, bytes.byteOffset, byteLength);
  return copy.toString('base64');
}

function undeclaredJson(value: UndeclaredValue): string {
  switch (value.type) {
    case 'Binary':
      return `"${base64(value.bytes)}"`;
    case 'Boolean':
      return value.text === 'true' ? 'true' : 'false';
    case 'Double':
    case 'Int32':
      return JSON_NUMBER.test(value.text) ? value.text : JSON.stringify(value.text);
    default:
      return JSON.stringify(value.text);
  }
}
