/** What kind of value this is that is refused, for messages: never the value itself. The rejection of a promise is handled. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number that is not finite';
  if (typeof value !== 'object') return typeof value;
  handleRejection(value);
  try {
    // The class's name, by the prototype: an own member "constructor" would be data.
    const prototype = Object.getPrototypeOf(value) as { readonly constructor?: { readonly name?: unknown } } | null;
    const name = prototype?.constructor?.name;
    return typeof name === 'string' && name !== '' ? name : 'object';
  } catch {
    return 'an object that cannot be read';
  }
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
