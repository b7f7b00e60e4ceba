import type { Instant } from '../../../edm/date-time.js';
import { INSTANT_BYTES, readMilliseconds, readTicks, writeInstant } from './instant.js';
import type { Layout } from './layout.js';
import { contentOf, type ByteSlice } from '../ordered-rows.js';

/**
 * The format of a row: flags (1 byte), the number of its layout (2), its timestamp (8), then the fixed part (an entry
 * for each property, whose size depends only on the property's type) and the variable part (the content of Strings and
 * Binaries). The layout lists the names and types of the row's properties; see `layout.ts`. A row whose layout has no
 * number contains the layout itself after the timestamp, as its length (4) and its text.
 */
const FLAGS = 0;
const LAYOUT = 1;
const TIMESTAMP_AT = 3;
export const HEADER_BYTES = TIMESTAMP_AT + INSTANT_BYTES;

/**
 * The encodings of a row's Strings: Latin-1 with one byte per character; UTF-8 if a character needs more; or UTF-16 if
 * a String contains an unpaired surrogate.
 */
export const LATIN1 = 0;
export const UTF8 = 1;
export const UTF16 = 2;
export type TextForm = typeof LATIN1 | typeof UTF8 | typeof UTF16;

const NOT_LATIN1 = /[^\0-\xff]/;

/** Returns whether every character of a text fits in one byte. */
export function isLatin1(text: string): boolean {
  return !NOT_LATIN1.test(text);
}

const TEXT_FORM = 0b011;
const CARRIES_LAYOUT = 0b100;

export function textFormOf(bytes: Buffer, start: number): TextForm {
  return (bytes[start + FLAGS]! & TEXT_FORM) as TextForm;
}

/** Returns the number of a row's layout; `undefined` if the row contains its layout. */
export function layoutNumberOf(bytes: Buffer, start: number): number | undefined {
  return (bytes[start + FLAGS]! & CARRIES_LAYOUT) === 0 ? bytes.readUInt16LE(start + LAYOUT) : undefined;
}

/** Returns the text of the layout that a row contains. */
export function carriedLayoutOf(bytes: Buffer, start: number): string {
  return bytes.toString('utf8', start + HEADER_BYTES + 4, fixedStartOf(bytes, start));
}

/** Returns the offset at which the fixed part of a row begins. */
export function fixedStartOf(bytes: Buffer, start: number): number {
  const header = start + HEADER_BYTES;
  return (bytes[start + FLAGS]! & CARRIES_LAYOUT) === 0 ? header : header + 4 + bytes.readUInt32LE(header);
}

/**
 * Returns whether a row is long enough for a header, and for the layout that its header says it contains. If it is not,
 * it is corrupt.
 */
export function hasHeader(bytes: Buffer, start: number, end: number): boolean {
  const size = end - start;
  if (size < HEADER_BYTES) return false;
  return layoutNumberOf(bytes, start) !== undefined || (size >= HEADER_BYTES + 4 && fixedStartOf(bytes, start) <= end);
}

export function timestampMillisecondsOf(bytes: Buffer, start: number): number {
  return readMilliseconds(bytes, start + TIMESTAMP_AT);
}

export function timestampTicksOf(bytes: Buffer, start: number): number {
  return readTicks(bytes, start + TIMESTAMP_AT);
}

/** An encoded row before it is stored: complete except for the number of its layout and its timestamp. */
export interface EncodedRow {
  readonly layout: Layout;
  readonly textForm: TextForm;
  /** The bytes of the row: space for the header, then the fixed part and the variable part. */
  readonly body: ByteSlice;
  /** True once the header was written into `body`. Stored bytes never change, so storing the row again needs a copy. */
  isStamped: boolean;
}

/**
 * Writes the header of a row and returns the bytes to store: the encoded bytes themselves the first time, a copy each
 * later time. A row whose layout has no number is always copied, with the layout inserted.
 */
export function stampRow(row: EncodedRow, number: number | undefined, timestamp: Instant): ByteSlice {
  const place = number === undefined ? carryingLayout(row) : row.isStamped ? copyOf(row.body) : row.body;
  const { bytes, start } = place;
  row.isStamped ||= place === row.body;
  bytes[start + FLAGS] = number === undefined ? row.textForm | CARRIES_LAYOUT : row.textForm;
  bytes.writeUInt16LE(number ?? 0, start + LAYOUT);
  writeInstant(bytes, start + TIMESTAMP_AT, timestamp.milliseconds, timestamp.ticks);
  return place;
}

function copyOf(place: ByteSlice): ByteSlice {
  return wholly(Buffer.from(contentOf(place)));
}

function carryingLayout({ layout, body }: EncodedRow): ByteSlice {
  const text = Buffer.from(layout.text);
  const size = Buffer.allocUnsafe(4);
  size.writeUInt32LE(text.length);
  const row = contentOf(body);
  return wholly(Buffer.concat([row.subarray(0, HEADER_BYTES), size, text, row.subarray(HEADER_BYTES)]));
}

function wholly(bytes: Buffer): ByteSlice {
  return { bytes, start: 0, end: bytes.length };
}
