import { EntitableError } from '../../src/errors/entitable-error.js';

/** Returns the code, details and message of the error that a function throws. */
export function thrown(work: () => unknown): {
  readonly code: string;
  readonly details: object;
  readonly message: string;
} {
  try {
    work();
  } catch (error) {
    if (EntitableError.is(error)) return { code: error.code, details: error.details, message: error.message };
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** Returns the code of the error that a function throws. */
export const codeOf = (work: () => unknown): string => thrown(work).code;
