import { typeName } from '../edm/type-name.js';
import { invalidOption } from '../errors/options.js';
import type { OperationOptions } from './table-store.js';

/** Refuses a time limit that is none: it would never end an operation, or end every one. */
export function checkTimeout(options: OperationOptions | undefined): void {
  const timeout: unknown = options?.timeout;
  if (timeout === undefined || (typeof timeout === 'number' && timeout >= 0)) return;
  const found = typeof timeout === 'number' && timeout < 0 ? 'a negative number' : typeName(timeout);
  throw invalidOption('timeout', 'a number of milliseconds, 0 or more', found);
}
