import { tableNameProblem } from '../edm/names.js';
import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { checkChoice, checkNames, invalidOption, isObject, checkCount } from '../options/check-option.js';
import { RETRY_NAMES } from '../resilience/retry-settings.js';
import { checkFunction } from '../options/operation-options.js';
import { STORAGE_LIMITS } from '../store/limits.js';
import { DATA_SOURCE_NAMES, type DataSourceOptions } from './options.js';

const LIMIT_NAMES = Object.fromEntries(Object.keys(STORAGE_LIMITS).map((name) => [name, true as const]));

/**
 * Refuses invalid options of a data source at run time, because settings also come from files and environment
 * variables. Throws `validation.invalid-option`.
 */
export function checkDataSourceOptions(options: DataSourceOptions): void {
  if (!isObject(options)) throw invalidOption('options', 'an object', typeName(options));
  checkNames(options, DATA_SOURCE_NAMES);
  const { ensureTables, durability, limits, validate, service, retry, httpClient } = options;
  if (ensureTables !== undefined) checkChoice('ensureTables', ensureTables, ['lazy', 'never']);
  if (durability !== undefined) checkChoice('durability', durability, ['full', 'relaxed']);
  if (typeof limits !== 'object' && limits !== undefined) checkChoice('limits', limits, ['storage', 'cosmos']);
  if (typeof validate !== 'boolean' && validate !== undefined) checkChoice('validate', validate, ['auto']);
  if (service !== undefined) checkChoice('service', service, ['storage', 'cosmos']);
  if (options.fileMode !== undefined) checkFileMode(options.fileMode);
  for (const name of ['maxSockets', 'maxAnswerBytes'] as const) {
    if (options[name] !== undefined) checkCount(name, options[name], 1);
  }
  for (const name of ['tableName', 'clock', 'logger', 'metrics', 'onVerb'] as const) {
    if (options[name] !== undefined) checkFunction(name, options[name]);
  }
  const objects = {
    limits: typeof limits === 'string' ? undefined : limits,
    retry: retry === false ? undefined : retry,
    httpClient,
  };
  for (const [name, value] of Object.entries(objects)) {
    if (value !== undefined && !isObject(value)) throw invalidOption(name, 'an object', typeName(value));
  }
  if (objects.retry !== undefined) checkNames(objects.retry, RETRY_NAMES, 'retry');
  if (objects.limits !== undefined) checkNames(objects.limits, LIMIT_NAMES, 'limits');
}

/**
 * Refuses a file mode that does not let the owner read and write the file. This also catches most modes that were
 * written in decimal (`640` instead of `0o640`).
 */
function checkFileMode(mode: unknown): void {
  if (typeof mode === 'number' && Number.isInteger(mode) && mode >= 0 && mode <= 0o777 && (mode & 0o600) === 0o600)
    return;
  const expected = 'an octal mode from 0o600 to 0o777 that lets the owner read and write, such as 0o640';
  throw invalidOption('fileMode', expected, typeof mode === 'number' ? `0o${mode.toString(8)}` : typeName(mode));
}

/**
 * Returns the name of a table in the store, which the program's `tableName` function determines. An error that the
 * function throws becomes the `cause`; it is safe to show, because the function receives nothing but the table's name.
 */
export function nameBy(tableName: (name: string) => string, table: string): string {
  let name: string;
  try {
    name = tableName(table);
  } catch (cause) {
    if (EntitableError.is(cause)) throw cause;
    throw new EntitableError(
      'validation.invalid-option',
      `tableName made no table name of "${table}": it threw. What it threw is the cause.`,
      { option: 'tableName', expected: 'a table name', found: 'what throws' },
      { cause },
    );
  }
  const problem = tableNameProblem(name);
  if (problem === undefined) return name;
  throw new EntitableError('validation.invalid-option', `tableName made no table name of "${table}": ${problem}.`, {
    option: 'tableName',
    expected: 'a table name',
    found: typeof name,
  });
}
