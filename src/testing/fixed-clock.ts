import { typeName } from '../errors/type-name.js';
import { invalidOption } from '../options/check-option.js';

/** A clock that stands still until it is moved. */
export interface FixedClock {
  /** Milliseconds since 1970: give it to a data source as its `clock`. */
  readonly now: () => number;
  /** Moves the clock on, or back. */
  advance(milliseconds: number): void;
}

/** Makes a clock that stands at a moment, 2026-01-01T00:00:00Z by default. */
export function fixedClock(start: Date = new Date('2026-01-01T00:00:00Z')): FixedClock {
  if (!(start instanceof Date) || Number.isNaN(start.getTime()))
    throw invalidOption('fixedClock', 'a Date', typeName(start));
  let time = start.getTime();
  return {
    now: () => time,
    advance(milliseconds) {
      if (!Number.isFinite(milliseconds))
        throw invalidOption('advance', 'a number of milliseconds', typeName(milliseconds));
      time += milliseconds;
    },
  };
}
