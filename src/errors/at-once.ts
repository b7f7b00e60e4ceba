import { invalidOption } from './options.js';

/** What a program's own function gave, where it must answer at once. Throws `validation.invalid-option` for a promise. */
export function atOnce<V>(given: V, name: string): V {
  if (!(given instanceof Promise)) return given;
  handleRejection(given);
  throw invalidOption(name, 'a function that answers at once', 'one that gives a promise');
}

/**
 * Handles the rejection of a value that is refused because it is a promise: nobody else will wait for it, and a rejection that nobody
 * handles ends the process.
 */
export function handleRejection(refused: unknown): void {
  try {
    if (refused instanceof Promise) refused.catch(() => undefined);
  } catch {
    // A proxy that was revoked is no promise.
  }
}
