import { typeName } from '../edm/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';

/** JavaScript may give anything for a list. */
export function isList(value: unknown): boolean {
  return Array.isArray(value);
}

/** The error of an option that is not what it must be: it tells the kind of value that was found, never the value. */
export function refusedOption(option: string, expected: string, found: unknown): EntitableError {
  const kind = Array.isArray(found) ? `a list of ${found.length}` : typeName(found);
  return new EntitableError('validation.invalid-option', `${option} takes ${expected}.`, {
    option,
    expected,
    found: kind,
  });
}
