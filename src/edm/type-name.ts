import { handleRejection } from '../errors/at-once.js';

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
