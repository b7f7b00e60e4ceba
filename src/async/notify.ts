/**
 * Calls a listener that the user has supplied, e.g. a logger or `onProgress`. Its result is not awaited and its errors
 * are ignored, so that a listener cannot break the operation it observes.
 */
export function notify<E>(listener: (event: E) => unknown, event: E): void {
  try {
    Promise.resolve(listener(event)).catch(ignore);
  } catch {
    ignore(); // an exception is ignored like a rejection
  }
}

function ignore(): void {}
