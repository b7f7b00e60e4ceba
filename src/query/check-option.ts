import { invalidOption } from '../errors/options.js';

/** Refuses a count that is no whole number of a range. */
export function checkCount(option: string, value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  const expected =
    most === Number.MAX_SAFE_INTEGER ? `a whole number, at least ${least}` : `a whole number from ${least} to ${most}`;
  const found = typeof value === 'number' ? String(value) : value === null ? 'null' : typeof value;
  throw invalidOption(option, expected, found);
}

/** Refuses what is none of some words. */
export function checkChoice(option: string, value: unknown, choices: readonly string[]): void {
  if (choices.some((choice) => choice === value)) return;
  const expected = choices.join(' or ');
  const found = typeof value === 'string' ? 'another word' : value === null ? 'null' : typeof value;
  throw invalidOption(option, expected, found);
}
