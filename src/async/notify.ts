/**
 * Tells a listener of the user's, e.g. a logger or `onProgress`, what happened. It is told, not asked: what it throws, or rejects with,
 * is ignored, so that it cannot break what it watches; what it returns is not waited for.
 */
export function notify<E>(listener: (event: E) => unknown, event: E): void {
  try {
    Promise.resolve(listener(event)).catch(ignore);
  } catch {
    ignore(); // the same as a rejection
  }
}

function ignore(): void {}
