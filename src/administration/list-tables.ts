import { typeName } from '../errors/type-name.js';
import { invalidOption } from '../options/check-option.js';
import type { TableStore } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { tableNameProblem } from '../edm/names.js';
import { EntitableError } from '../errors/entitable-error.js';

/**
 * Options of `list`. A table must match all of them. `from` and `to` ignore case; `prefix` ignores it if the store does
 * so in table names.
 */
export interface ListTablesOptions extends OperationOptions {
  /** Only tables whose name begins with this text. */
  readonly prefix?: string | undefined;
  /** Only tables whose name is equal to this one or follows it in the order of the list. */
  readonly from?: string | undefined;
  /** Only tables whose name is equal to this one or precedes it in the order of the list. */
  readonly to?: string | undefined;
}

/** Returns the function that normalises names for comparison, by the store's rule. */
export function nameForm({ traits }: TableStore): (name: string) => string {
  return traits.limits.tableNamesIgnoreCase ? (name) => name.toLowerCase() : (name) => name;
}

/** Lists the names of a store's tables, page by page. */
export async function* listTables(
  store: TableStore,
  { prefix, from, to, ...options }: ListTablesOptions = {},
): AsyncGenerator<string, void, undefined> {
  for (const [option, value] of Object.entries({ prefix, from, to })) {
    if (value === undefined || typeof value === 'string') continue;
    throw invalidOption(option, 'a string', typeName(value));
  }
  const lower = (name: string): string => name.toLowerCase();
  const isWithin = (name: string): boolean =>
    (from === undefined || lower(name) >= lower(from)) && (to === undefined || lower(name) <= lower(to));
  let continuation: string | undefined;
  do {
    const page = await store.tables(
      { ...(prefix !== undefined && { prefix }), ...(continuation !== undefined && { continuation }) },
      options,
    );
    for (const name of page.rows) if (isWithin(name)) yield name;
    continuation = page.continuation;
  } while (continuation !== undefined);
}

/**
 * Rejects a value that is not a valid table name, including a value of a type other than string from JavaScript code.
 * Throws `validation.invalid-option`.
 */
export function checkTableName(table: string): string {
  const problem = tableNameProblem(table);
  if (problem === undefined) return table;
  throw new EntitableError(
    'validation.invalid-option',
    `${typeof table === 'string' ? `"${table}"` : 'This'} names no table: ${problem}.`,
    { option: 'table', expected: 'a table name', found: typeof table },
  );
}
