import { typeName } from '../edm/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { isList } from '../errors/options.js';

/** The error of an option that is not what it must be: it tells the kind of value that was found, never the value. */
export function refusedOption(option: string, expected: string, found: unknown): EntitableError {
  const kind = isList(found) ? `a list of ${found.length}` : typeName(found);
  return new EntitableError('validation.invalid-option', `${option} takes ${expected}.`, {
    option,
    expected,
    found: kind,
  });
}
