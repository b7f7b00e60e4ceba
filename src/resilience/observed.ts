import type { Operation } from '../observability/operation.js';

/** Does what an operation is about, and ends it. */
export async function observed<T>(operation: Operation, work: (operation: Operation) => Promise<T>): Promise<T> {
  try {
    const result = await work(operation);
    operation.end();
    return result;
  } catch (error) {
    operation.end(error);
    throw error;
  }
}
