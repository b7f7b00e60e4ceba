import { isDate } from 'node:util/types';
import { DATE_TIME_RANGE, exactTicks, preciseDate } from '../../edm/date-time.js';
import { typeName } from '../../errors/type-name.js';
import { outOfRange, wrongType, type Converter } from '../converter.js';

const PER_MILLISECOND = 10_000n;
/** The Unix epoch in ticks of .NET's `DateTime`, which counts from the year 1. */
const EPOCH = 621_355_968_000_000_000n;
const FIRST = EPOCH + BigInt(DATE_TIME_RANGE.first) * PER_MILLISECOND;
const LAST = EPOCH + BigInt(DATE_TIME_RANGE.last) * PER_MILLISECOND + PER_MILLISECOND - 1n;

/**
 * Reads and writes a DateTime in its full precision of 100 ns, which `Date` does not have. The value is a bigint of 100
 * ns units since the year 1, like .NET's `DateTime.Ticks`. Filters compare it exactly. Covers 1601 to 9999;
 * `ticksOfDate` and `dateOfTicks` convert between ticks and dates.
 *
 * @example
 * ```ts
 * @Property({ converter: ticks() }) measuredAt!: bigint;
 * readings.query({ sensor }).where('measuredAt', 'ge', ticksOfDate(new Date('2026-11-21')));
 * ```
 */
export function ticks(): Converter<bigint, 'DateTime'> {
  return TICKS;
}

/** Converts a Date to ticks. Throws `validation.invalid-option` if it is not a valid Date. */
export function ticksOfDate(date: Date): bigint {
  if (!isDate(date)) throw wrongType(`it must be a Date, not ${typeName(date)}`);
  const time = date.getTime();
  if (Number.isNaN(time)) throw outOfRange('it must be a valid Date');
  return EPOCH + BigInt(time) * PER_MILLISECOND + BigInt(exactTicks(date) ?? 0);
}

/**
 * Converts ticks to a Date, rounded down to the millisecond. Throws `validation.invalid-option` if a DateTime cannot
 * hold them.
 */
export function dateOfTicks(count: bigint): Date {
  return new Date(instantOf(count).milliseconds);
}

const TICKS: Converter<bigint, 'DateTime'> = Object.freeze({
  type: 'DateTime',
  order: 'preserved',
  toStored(value: bigint): Date {
    const { milliseconds, beyond } = instantOf(value);
    return preciseDate(milliseconds, beyond);
  },
  fromStored: ticksOfDate,
});

function instantOf(count: unknown): { readonly milliseconds: number; readonly beyond: number } {
  if (typeof count !== 'bigint') throw wrongType(`it must be a bigint, not ${typeName(count)}`);
  if (count < FIRST || count > LAST) throw outOfRange(`it must be from ${FIRST} (1601) to ${LAST} (9999)`);
  const since = count - FIRST;
  return {
    milliseconds: DATE_TIME_RANGE.first + Number(since / PER_MILLISECOND),
    beyond: Number(since % PER_MILLISECOND),
  };
}
