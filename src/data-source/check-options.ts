import { typeName } from '../edm/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { checkChoice } from '../repository/check-choice.js';
import type { DataSourceOptions } from './options.js';

/** Refuses options that would be taken for others: settings come from files and variables, too. Throws `validation.invalid-option`. */
export function checkOptions({
  ensureTables,
  durability,
  limits,
  validate,
  service,
  ...options
}: DataSourceOptions): void {
  if (ensureTables !== undefined) checkChoice('ensureTables', ensureTables, ['lazy', 'never']);
  if (durability !== undefined) checkChoice('durability', durability, ['full', 'relaxed']);
  if (typeof limits === 'string') checkChoice('limits', limits, ['storage', 'cosmos']);
  if (typeof validate === 'string') checkChoice('validate', validate, ['auto']);
  if (service !== undefined) checkChoice('service', service, ['storage', 'cosmos']);
  for (const option of ['tableName', 'clock', 'logger', 'metrics'] as const) {
    const value: unknown = options[option];
    if (value === undefined || typeof value === 'function') continue;
    const [expected, found] = ['a function', typeName(value)];
    throw new EntitableError('validation.invalid-option', `${option} takes ${expected}, not ${found}.`, {
      option,
      expected,
      found,
    });
  }
}
