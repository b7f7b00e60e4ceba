import type { Boundary } from './ordered-rows.js';

/** A row, or a place between rows, of a table; without a partition key, the place before all rows of the table. */
export interface TableKey extends Partial<Boundary> {
  readonly table: number;
}

const TABLE_BYTES = 4;
/** Stands between partition key and row key; keys hold no control characters, so that both it and {@link PARTITION_END} are free. */
export const SEPARATOR = 0;
const PARTITION_END = 1;
/** Comes before a control character, which only the bounds of a query can have, so that it stays beyond the two above. */
const CONTROL = 2;

/**
 * Bytes that one key can have: beyond those of any key the service takes, 512 units of 3 bytes, or 1 KiB of UTF-8 of which 4 bytes become
 * 6. A longer bound of a query is cut, which puts it between the same keys.
 */
const KEY_BYTES = 2000;

/**
 * Writes a key so that bytes sort as the service sorts: each UTF-16 unit on its own in the form UTF-8 has for it, surrogates too.
 * Gives the place behind it.
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

/** Where the partition key of a row's key ends. */
export function partitionEnd(bytes: Uint8Array): number {
  return bytes.indexOf(SEPARATOR, TABLE_BYTES);
}

/** The partition key of a row's key, which ends there. */
export function readPartitionKey(bytes: Buffer, end: number): string {
  return readText(bytes, TABLE_BYTES, end);
}

/** The text that a part of a key stands for. */
export function readText(bytes: Buffer, start: number, end: number): string {
  for (let at = start; at < end; at++) {
    if (!isPlain(bytes[at]!)) return readUnits(bytes, start, end);
  }
  return bytes.toString('latin1', start, end);
}

/** Whether a byte of a key is one of its characters. */
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
