import { EntitableError } from '../../index.js';

/** The error of an argument that is not what it must be; it tells the kind of value that was found, never the value. */
export function refused(option: string, expected: string, value: unknown): EntitableError {
  const found = value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
  const details = { option, expected, found };
  return new EntitableError('validation.invalid-option', `${option} takes ${expected}, not ${found}.`, details);
}

/** Refuses options that are none. Throws `validation.invalid-option`. */
export function checkObject(option: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused(option, 'an object', value);
}
