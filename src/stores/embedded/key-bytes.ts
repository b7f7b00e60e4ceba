import type { Boundary } from './ordered-rows.js';

/**
 * The key of a row, or a boundary between rows, in the table with the number `table`. Without a partition key it is the
 * boundary before all rows of the table.
 */
export interface TableKey extends Partial<Boundary> {
  readonly table: number;
}

const TABLE_BYTES = 4;
/**
 * Separates partition key and row key. Keys contain no control characters, so this byte and `PARTITION_END` cannot be
 * part of one.
 */
export const SEPARATOR = 0;
const PARTITION_END = 1;
/**
 * Written before each control character, so that the character sorts after `SEPARATOR` and `PARTITION_END`. Only the
 * bounds of a query can contain control characters.
 */
const CONTROL = 2;

/**
 * Number of bytes after which an encoded partition key or row key is truncated. Every key that the service accepts is
 * shorter: 512 UTF-16 units take at most 3 bytes each, and each 4-byte character in 1 KiB of UTF-8 takes at most 6
 * bytes in this encoding. Only a bound of a query can be longer; even truncated, it sorts between the same stored keys.
 */
const KEY_BYTES = 2000;

/**
 * Writes a key so that its bytes sort as the service sorts keys. Each UTF-16 unit is encoded on its own as in UTF-8,
 * even each half of a surrogate pair. Returns the end offset.
 */
export function writeKey({ table, partitionKey, rowKey, after }: TableKey, target: Uint8Array, start: number): number {
  target[start] = table >>> 24;
  target[start + 1] = table >>> 16;
  target[start + 2] = table >>> 8;
  target[start + 3] = table;
  let at = start + TABLE_BYTES;
  if (partitionKey === undefined) return at;
  at = writeText(partitionKey, target, at);
  if (rowKey === undefined) {
    target[at] = after === true ? PARTITION_END : SEPARATOR;
    return at + 1;
  }
  target[at] = SEPARATOR;
  at = writeText(rowKey, target, at + 1);
  if (after !== true) return at;
  target[at] = SEPARATOR;
  return at + 1;
}

function writeText(text: string, target: Uint8Array, start: number): number {
  let at = start;
  const end = start + KEY_BYTES;
  for (let index = 0; index < text.length && at < end; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20) {
      target[at++] = CONTROL;
      target[at++] = unit;
    } else if (unit < 0x80) {
      target[at++] = unit;
    } else if (unit < 0x800) {
      target[at++] = 0xc0 | (unit >> 6);
      target[at++] = 0x80 | (unit & 0x3f);
    } else {
      target[at++] = 0xe0 | (unit >> 12);
      target[at++] = 0x80 | ((unit >> 6) & 0x3f);
      target[at++] = 0x80 | (unit & 0x3f);
    }
  }
  return at;
}

/** Returns the offset at which the partition key ends in the encoded key of a row. */
export function partitionEnd(bytes: Uint8Array): number {
  return bytes.indexOf(SEPARATOR, TABLE_BYTES);
}

/** Decodes the partition key from the encoded key of a row, given the offset at which it ends. */
export function readPartitionKey(bytes: Buffer, end: number): string {
  return readText(bytes, TABLE_BYTES, end);
}

/** Decodes the partition key or row key that lies between two offsets of an encoded key. */
export function readText(bytes: Buffer, start: number, end: number): string {
  for (let at = start; at < end; at++) {
    if (!isPlain(bytes[at]!)) return readUnits(bytes, start, end);
  }
  return bytes.toString('latin1', start, end);
}

/**
 * Returns whether a byte of an encoded key is an ASCII character by itself, rather than part of a multi-byte sequence.
 */
export function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte < 0x80;
}

function readUnits(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end;) {
    const first = bytes[at++]!;
    if (first === CONTROL) text += String.fromCharCode(bytes[at++]!);
    else if (first < 0x80) text += String.fromCharCode(first);
    else if (first < 0xe0) text += String.fromCharCode(((first & 0x1f) << 6) | (bytes[at++]! & 0x3f));
    else text += String.fromCharCode(((first & 0x0f) << 12) | ((bytes[at++]! & 0x3f) << 6) | (bytes[at++]! & 0x3f));
  }
  return text;
}
