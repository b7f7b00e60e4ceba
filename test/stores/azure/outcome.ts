import { EntitableError } from '../../../src/errors/entitable-error.js';

/** The failure of an operation, in plain values. */
export interface Outcome {
  readonly code: string;
  readonly details?: object;
}

/**
 * Returns the code and the details of the error that an operation throws, or `done` if it throws none. Errors of other
 * kinds are thrown again.
 */
export async function outcomeOf(operation: Promise<unknown>): Promise<Outcome> {
  try {
    await operation;
    return { code: 'done' };
  } catch (error) {
    if (!EntitableError.is(error)) throw error;
    return { code: error.code, details: { ...error.details } };
  }
}
