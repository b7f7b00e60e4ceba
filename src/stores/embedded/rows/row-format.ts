import type { Instant } from '../../../edm/date-time.js';
import { INSTANT_BYTES, readMilliseconds, readTicks, writeInstant } from './instant.js';
import type { Layout } from './layout.js';
import { contentOf, type ByteSlice } from '../ordered-rows.js';

/**
 * A row in bytes: flags (1), the number of its layout (2), its timestamp (8), then the fixed part and the variable part that the layout
 * describes. A row whose layout has no number carries it after the timestamp: its length (4) and its text.
 */
const FLAGS = 0;
const LAYOUT = 1;
const TIMESTAMP_AT = 3;
export const HEADER_BYTES = TIMESTAMP_AT + INSTANT_BYTES;

/** How the Strings of a row are kept: a byte for each character, in UTF-8 where one needs more, or in UTF-16 where one has an unpaired surrogate. */
export const LATIN1 = 0;
export const UTF8 = 1;
export const UTF16 = 2;
export type TextForm = typeof LATIN1 | typeof UTF8 | typeof UTF16;

const NOT_LATIN1 = /[^\0-\xff]/;

/** Whether each character of a text has a byte. */
export function isLatin1(text: string): boolean {
  return !NOT_LATIN1.test(text);
}

const TEXT_FORM = 0b011;
const CARRIES_LAYOUT = 0b100;

export function textFormOf(bytes: Buffer, start: number): TextForm {
  return (bytes[start + FLAGS]! & TEXT_FORM) as TextForm;
}

/** The number of the layout; `undefined` where the row carries it. */
export function layoutNumberOf(bytes: Buffer, start: number): number | undefined {
  return (bytes[start + FLAGS]! & CARRIES_LAYOUT) === 0 ? bytes.readUInt16LE(start + LAYOUT) : undefined;
}

/** The text of the layout that a row carries. */
export function carriedLayoutOf(bytes: Buffer, start: number): string {
  return bytes.toString('utf8', start + HEADER_BYTES + 4, fixedStartOf(bytes, start));
}

/** Where the fixed part begins. */
export function fixedStartOf(bytes: Buffer, start: number): number {
  const header = start + HEADER_BYTES;
  return (bytes[start + FLAGS]! & CARRIES_LAYOUT) === 0 ? header : header + 4 + bytes.readUInt32LE(header);
}

/** Whether bytes have room for a header, and for the layout that they say they carry. */
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

/** What an encoder makes of a row before it is stored: all but the number of its layout and its timestamp. */
export interface EncodedRow {
  readonly layout: Layout;
  readonly textForm: TextForm;
  /** Room for a header, the fixed and the variable part. */
  readonly body: ByteSlice;
  /** Whether the room is taken: a row that is stored never changes, so that another one needs bytes of its own. */
  isStamped: boolean;
}

/** The bytes of a row as they are stored: those it was encoded in, the first time; a layout without a number is carried along. */
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
