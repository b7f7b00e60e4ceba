import { DATE_TIME_RANGE, etagOf, isInDateTimeRange, type Instant } from '../../../edm/date-time.js';

/**
 * Size of an encoded instant in bytes: 50 bits for the milliseconds since 1601, and 14 bits for the rest below the
 * millisecond in units of 100 ns. The encoding is exact, and needs no bigint.
 */
export const INSTANT_BYTES = 8;

const TICKS_PER_MILLISECOND = 10_000;
const LOW_MILLISECONDS = 2 ** 18;
const TICK_BITS = 14;
const TICK_MASK = 2 ** TICK_BITS - 1;

/** The earliest instant, at which the clock of a new store starts. */
export const FIRST_INSTANT: Instant = Object.freeze({ milliseconds: DATE_TIME_RANGE.first, ticks: 0 });

/** Returns whether an `Edm.DateTime` can represent an instant. */
export function isInstant(milliseconds: number, ticks: number): boolean {
  return (
    Number.isInteger(milliseconds) &&
    isInDateTimeRange(milliseconds) &&
    Number.isInteger(ticks) &&
    ticks >= 0 &&
    ticks < TICKS_PER_MILLISECOND
  );
}

export function writeInstant(bytes: Buffer, at: number, milliseconds: number, ticks: number): void {
  const since = milliseconds - DATE_TIME_RANGE.first;
  bytes.writeUInt32LE(Math.floor(since / LOW_MILLISECONDS), at);
  bytes.writeUInt32LE((since % LOW_MILLISECONDS) * (TICK_MASK + 1) + ticks, at + 4);
}

export function readMilliseconds(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) * LOW_MILLISECONDS + (bytes.readUInt32LE(at + 4) >>> TICK_BITS) + DATE_TIME_RANGE.first;
}

export function readTicks(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + 4) & TICK_MASK;
}

/**
 * Returns the instant of the next write: that of the clock, or 100 ns after the last write if the clock has not
 * advanced.
 */
export function nextInstant(last: Instant, now: number): Instant {
  const milliseconds = Math.min(Math.floor(now), DATE_TIME_RANGE.last);
  if (milliseconds > last.milliseconds) return { milliseconds, ticks: 0 };
  const ticks = last.ticks + 1;
  return ticks < TICKS_PER_MILLISECOND
    ? { milliseconds: last.milliseconds, ticks }
    : { milliseconds: last.milliseconds + 1, ticks: 0 };
}

const MILLISECONDS_PER_SECOND = 1000;

// Caches the second that was formatted last, and its text. A cache at module level is harmless, because the text
// depends only on the second.
let second = Number.NaN;
let head = '';

/**
 * Returns the same text as `etagOf`, but faster for many rows of the same second: everything before the fraction is
 * reused.
 */
export function etagText(milliseconds: number, ticks: number): string {
  const fraction =
    (((milliseconds % MILLISECONDS_PER_SECOND) + MILLISECONDS_PER_SECOND) % MILLISECONDS_PER_SECOND) * 10_000 + ticks;
  const whole = milliseconds - Math.floor(fraction / 10_000);
  if (whole !== second) {
    head = etagOf(whole, 0).slice(0, -'Z\'"'.length);
    second = whole;
  }
  if (fraction === 0) return `${head}Z'"`;
  let digits = fraction;
  let width = 7;
  for (; digits % 10 === 0; width--) digits /= 10;
  return `${head}.${String(digits).padStart(width, '0')}Z'"`;
}
