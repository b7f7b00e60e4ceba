import { isDate } from 'node:util/types';
import { DATE_TIME_RANGE, exactTicks, preciseDate } from '../../edm/date-time.js';
import { typeName } from '../../errors/type-name.js';
import { outOfRange, wrongType, type Converter } from '../converter.js';

const PER_MILLISECOND = 10_000n;
/** .NET's `DateTime` counts from the year 1; JavaScript from 1970. */
const EPOCH = 621_355_968_000_000_000n;
const FIRST = EPOCH + BigInt(DATE_TIME_RANGE.first) * PER_MILLISECOND;
const LAST = EPOCH + BigInt(DATE_TIME_RANGE.last) * PER_MILLISECOND + PER_MILLISECOND - 1n;

/**
 * A DateTime in full, which a `Date` is not: its units of 100 ns as a bigint, counted from the year 1, which is what .NET's
 * `DateTime.Ticks` are. Filters compare it exactly. From 1601 to 9999; `ticksOfDate` and `dateOfTicks` convert.
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

/** The ticks of a Date. Throws `validation.invalid-option` for what is no valid Date. */
export function ticksOfDate(date: Date): bigint {
  if (!isDate(date)) throw wrongType(`it must be a Date, not ${typeName(date)}`);
  const time = date.getTime();
  if (Number.isNaN(time)) throw outOfRange('it must be a valid Date');
  return EPOCH + BigInt(time) * PER_MILLISECOND + BigInt(exactTicks(date) ?? 0);
}

/** The Date of some ticks: what is finer than a millisecond is floored away. Throws `validation.invalid-option` for what no DateTime holds. */
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
