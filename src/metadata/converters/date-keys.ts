import { isDate } from 'node:util/types';
import { typeName } from '../../errors/type-name.js';
import { outOfRange, wrongType, type Converter } from '../converter.js';

const TICKS_PER_MILLISECOND = 10_000n;
/** The Unix epoch in ticks of .NET's `DateTime`, which counts from the year 1. */
const EPOCH_TICKS = 621_355_968_000_000_000n;
const MAX_TICKS = 3_155_378_975_999_999_999n;
const DIGITS = 19;
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/**
 * Converts a date to a key part that sorts newest first: 19 digits of `DateTime.MaxValue.Ticks - ticks`, the form that
 * .NET programs use. Covers the years 1 to 9999 with a precision of one millisecond. Finer digits in a key from another
 * program are rounded down to the millisecond when the key is read.
 */
export const newestFirst: Converter<Date, 'String'> = Object.freeze({
  type: 'String',
  order: 'reversed',
  toStored(value: Date): string {
    const ticks = EPOCH_TICKS + BigInt(timeOf(value)) * TICKS_PER_MILLISECOND;
    if (ticks < 0n || ticks > MAX_TICKS) throw outOfRange('the date must be in the years 1 to 9999');
    return String(MAX_TICKS - ticks).padStart(DIGITS, '0');
  },
  fromStored(text: string): Date {
    if (!isText(text, /^\d{19}$/)) throw outOfRange('not 19 digits');
    const ticks = MAX_TICKS - BigInt(text) - EPOCH_TICKS;
    const remainder = ((ticks % TICKS_PER_MILLISECOND) + TICKS_PER_MILLISECOND) % TICKS_PER_MILLISECOND;
    return new Date(Number((ticks - remainder) / TICKS_PER_MILLISECOND));
  },
});

/**
 * Converts a date to a key part that sorts oldest first: ISO 8601 in UTC, e.g. `2026-11-21T09:30:00.000Z`. Covers the
 * years 0 to 9999 with a precision of one millisecond.
 */
export const oldestFirst: Converter<Date, 'String'> = Object.freeze({
  type: 'String',
  order: 'preserved',
  toStored(value: Date): string {
    timeOf(value);
    const text = value.toISOString();
    if (text.length !== 24) throw outOfRange('the date must be in the years 0 to 9999');
    return text;
  },
  fromStored(text: string): Date {
    const value = isText(text, ISO) ? new Date(text) : undefined;
    if (value === undefined || Number.isNaN(value.getTime()) || value.toISOString() !== text)
      throw outOfRange('not an ISO date');
    return value;
  },
});

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function timeOf(value: unknown): number {
  if (!isDate(value)) throw wrongType(`it must be a Date, not ${typeName(value)}`);
  const time = value.getTime();
  if (Number.isNaN(time)) throw outOfRange('it must be a valid Date');
  return time;
}
