import { EntitableError } from '../../../src/errors/entitable-error.js';

/** How an operation failed, in plain values. */
export interface Outcome {
  readonly code: string;
  readonly details?: object;
}

/** The code and the details of the error an operation throws; `done` when it throws none. An error of another kind is thrown on. */
export async function outcomeOf(operation: Promise<unknown>): Promise<Outcome> {
  try {
    await operation;
    return { code: 'done' };
  } catch (error) {
    if (!EntitableError.is(error)) throw error;
    return { code: error.code, details: { ...error.details } };
  }
}
