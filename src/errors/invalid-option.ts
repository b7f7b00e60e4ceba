import { EntitableError } from './entitable-error.js';

/** The error of an option or an argument that is not what it must be; `found` tells of what kind it is, and never the value itself. */
export function invalidOption(option: string, expected: string, found: string): EntitableError {
  return new EntitableError('validation.invalid-option', `${option} takes ${expected}, not ${found}.`, {
    option,
    expected,
    found,
  });
}
