/** An instant as the service stores it: milliseconds since 1970, and the rest in units of 100 ns (0…9999). */
export interface Instant {
  readonly milliseconds: number;
  readonly ticks: number;
}

const TICKS: unique symbol = Symbol.for('entitable/ticks') as never;

/** Creates a Date that also carries the 100 ns units below its millisecond, for use between a store and a converter. */
export function preciseDate(milliseconds: number, ticks: number): Date {
  return Object.defineProperty(new Date(milliseconds), TICKS, { value: ticks });
}

/**
 * Returns the 100 ns units that a Date from `preciseDate` carries; `undefined` for every other Date, which carries
 * none.
 */
export function exactTicks(date: Date): number | undefined {
  return (date as { readonly [TICKS]?: number })[TICKS];
}

/** The first and the last millisecond that an `Edm.DateTime` can hold: 1601-01-01 and 9999-12-31, in UTC. */
export const DATE_TIME_RANGE = Object.freeze({ first: -11_644_473_600_000, last: 253_402_300_799_999 });

/**
 * Returns whether an `Edm.DateTime` can hold a number of milliseconds since 1970. False for NaN, the time of an invalid
 * Date.
 */
export function isInDateTimeRange(milliseconds: number): boolean {
  return milliseconds >= DATE_TIME_RANGE.first && milliseconds <= DATE_TIME_RANGE.last;
}

const TEXT = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,7}))?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Formats an instant as the service does: in UTC, with a precision of 100 ns, without trailing zeros in the fraction.
 */
export function formatDateTime(milliseconds: number, ticks = 0): string {
  const day = Math.floor(milliseconds / DAY);
  const second = Math.floor((milliseconds - day * DAY) / 1000);
  const minute = Math.floor(second / 60);
  const time = COLON[Math.floor(minute / 60)]! + COLON[minute % 60]! + TWO[second % 60]!;
  const fraction = (milliseconds - day * DAY - second * 1000) * 10_000 + ticks;
  return dayText(day) + (fraction === 0 ? `${time}Z` : `${time}.${fractionText(fraction)}Z`);
}

const DAY = 24 * 60 * 60 * 1000;

/** The numbers from 0 to 59 as text of two digits; in `COLON`, each is followed by a colon. */
const TWO = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));
const COLON = TWO.map((digits) => `${digits}:`);

/**
 * Returns the date of a day, counted from 1970, as text up to and including the `T` before the time. Keeps the last
 * result, because instants that are written together often fall on the same day.
 */
const dayText = keepingLast((day) => {
  const date = new Date(day * DAY);
  return `${String(date.getUTCFullYear()).padStart(4, '0')}-${TWO[date.getUTCMonth() + 1]}-${TWO[date.getUTCDate()]}T`;
});

function keepingLast(text: (day: number) => string): (day: number) => string {
  let last = 0;
  let kept = text(last);
  return (day) => {
    if (day !== last) [last, kept] = [day, text(day)];
    return kept;
  };
}

function fractionText(fraction: number): string {
  let digits = 7;
  for (; fraction % 10 === 0; fraction /= 10) digits--;
  return String(fraction).padStart(digits, '0');
}

/**
 * Parses an `Edm.DateTime` with a precision of 100 ns; returns `undefined` for any other text. A text without an offset
 * is taken as UTC.
 */
export function parseDateTime(text: string): Instant | undefined {
  const match = TEXT.exec(text);
  if (match === null) return undefined;
  const [, seconds, fraction = '', offset = 'Z'] = match;
  const digits = fraction.padEnd(7, '0');
  const milliseconds = Date.parse(`${seconds}.${digits.slice(0, 3)}${offset}`);
  return Number.isNaN(milliseconds) ? undefined : { milliseconds, ticks: Number(digits.slice(3)) };
}

/**
 * Returns the ETag of an entity that was last written at an instant. The service derives its ETags from the timestamp
 * in the same way.
 */
export function etagOf(milliseconds: number, ticks: number): string {
  return `W/"datetime'${encodeURIComponent(formatDateTime(milliseconds, ticks))}'"`;
}

const ETAG = /^W\/"datetime'(.+)'"$/;

/** Returns the instant in an ETag of the service's form; `undefined` for any other ETag. */
export function instantOfEtag(etag: string): Instant | undefined {
  const text = ETAG.exec(etag)?.[1];
  if (text === undefined) return undefined;
  try {
    return parseDateTime(decodeURIComponent(text));
  } catch {
    return undefined; // not percent-encoded, so it holds no timestamp
  }
}
