/**
 * Returns the name of a refused value's type for a message, and never the value itself. If the value is a promise, its
 * rejection is handled.
 */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number that is not finite';
  if (typeof value !== 'object') return typeof value;
  handleRejection(value);
  try {
    // The class comes from the prototype: an own member "constructor" would be data.
    const prototype = Object.getPrototypeOf(value) as { readonly constructor?: { readonly name?: unknown } } | null;
    const name = prototype?.constructor?.name;
    return typeof name === 'string' && name !== '' ? name : 'object';
  } catch {
    return 'an object that cannot be read';
  }
}

/**
 * Handles the rejection of a value that is refused because it is a promise. Nobody else will wait for it, and an
 * unhandled rejection ends the process.
 */
export function handleRejection(refused: unknown): void {
  try {
    if (refused instanceof Promise) refused.catch(() => undefined);
  } catch {
    // A revoked proxy is not a promise.
  }
}
