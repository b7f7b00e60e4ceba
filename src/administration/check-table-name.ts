import { tableNameProblem } from '../edm/table-name.js';
import { EntitableError } from '../errors/entitable-error.js';

/** Refuses what can be no table's name; JavaScript may give anything. Throws `validation.invalid-option`. */
export function checkTableName(table: string): string {
  const problem = tableNameProblem(table);
  if (problem === undefined) return table;
  throw new EntitableError(
    'validation.invalid-option',
    `${typeof table === 'string' ? `"${table}"` : 'This'} names no table: ${problem}.`,
    { option: 'table', expected: 'a table name', found: typeof table },
  );
}
