import { EntitableError } from '../errors/entitable-error.js';
import { typeName } from '../edm/type-name.js';
import type { OperationOptions } from './table-store.js';

/** Refuses a time limit that is none: it would never end an operation, or end every one. */
export function checkTimeout(options: OperationOptions | undefined): void {
  const timeout: unknown = options?.timeout;
  if (timeout === undefined || (typeof timeout === 'number' && timeout >= 0)) return;
  const [expected, found] = ['a number of milliseconds, 0 or more', typeName(timeout)];
  throw new EntitableError('validation.invalid-option', `timeout takes ${expected}, not ${found}.`, {
    option: 'timeout',
    expected,
    found,
  });
}
