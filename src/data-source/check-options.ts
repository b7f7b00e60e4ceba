import { typeName } from '../edm/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { checkChoice } from '../repository/check-choice.js';
import type { DataSourceOptions } from './options.js';

/** Refuses options that would be taken for others: settings come from files and variables, too. Throws `validation.invalid-option`. */
export function checkOptions({ ensureTables, durability, limits, validate, tableName }: DataSourceOptions): void {
  if (ensureTables !== undefined) checkChoice('ensureTables', ensureTables, ['lazy', 'never']);
  if (durability !== undefined) checkChoice('durability', durability, ['full', 'relaxed']);
  if (typeof limits === 'string') checkChoice('limits', limits, ['storage', 'cosmos']);
  if (typeof validate === 'string') checkChoice('validate', validate, ['auto']);
  if (tableName === undefined || typeof tableName === 'function') return;
  const [expected, found] = ['a function', typeName(tableName)];
  throw new EntitableError('validation.invalid-option', `tableName takes ${expected}, not ${found}.`, {
    option: 'tableName',
    expected,
    found,
  });
}
