import { typeName } from '../errors/type-name.js';
import { invalidOption } from '../options/check-option.js';

/** A clock for tests that moves only when `advance` is called. */
export interface FixedClock {
  /** Returns milliseconds since 1970. Pass it to a data source as its `clock`. */
  readonly now: () => number;
  /** Moves the clock forward, or back if the number is negative. */
  advance(milliseconds: number): void;
}

/** Creates a clock that shows a fixed moment, 2026-01-01T00:00:00Z by default. */
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
