import type { Instant } from '../../edm/date-time.js';
import { INSTANT_BYTES, readMilliseconds, readTicks, writeInstant } from './instant.js';
import type { Layout } from './layout.js';

/**
 * A row in bytes: flags (1), the number of its layout (2), its timestamp (8), then the fixed part and the variable part that the layout
 * describes. A row whose layout has no number carries it after the timestamp: its length (4) and its text.
 */
export const FLAGS = 0;
const LAYOUT = 1;
const TIMESTAMP_AT = 3;
export const HEADER_BYTES = TIMESTAMP_AT + INSTANT_BYTES;

/** How the Strings of a row are kept: one byte each, in UTF-8, or in UTF-16 where one has an unpaired surrogate. */
export const ASCII = 0;
export const UTF8 = 1;
export const UTF16 = 2;
export type TextForm = typeof ASCII | typeof UTF8 | typeof UTF16;

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
  readonly body: Buffer;
  /** Whether the room is taken: a row that is stored never changes, so that another one needs bytes of its own. */
  isStamped: boolean;
}

/** The bytes of a row as they are stored: those it was encoded in, the first time; a layout without a number is carried along. */
export function stampRow(row: EncodedRow, number: number | undefined, timestamp: Instant): Buffer {
  const { layout, textForm, body } = row;
  const carried = number === undefined ? Buffer.from(layout.text) : undefined;
  const inPlace = carried === undefined && !row.isStamped;
  row.isStamped ||= inPlace;
  const start = carried === undefined ? HEADER_BYTES : HEADER_BYTES + 4 + carried.length;
  const bytes = inPlace ? body : Buffer.allocUnsafe(start + body.length - HEADER_BYTES);
  bytes[FLAGS] = carried === undefined ? textForm : textForm | CARRIES_LAYOUT;
  bytes.writeUInt16LE(number ?? 0, LAYOUT);
  writeInstant(bytes, TIMESTAMP_AT, timestamp.milliseconds, timestamp.ticks);
  if (carried !== undefined) {
    bytes.writeUInt32LE(carried.length, HEADER_BYTES);
    carried.copy(bytes, HEADER_BYTES + 4);
  }
  if (!inPlace) body.copy(bytes, start, HEADER_BYTES);
  return bytes;
}
