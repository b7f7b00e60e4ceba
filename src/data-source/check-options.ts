import { typeName } from '../edm/type-name.js';
import { invalidOption } from '../errors/invalid-option.js';
import { checkCount } from '../query/check-option.js';
import { checkChoice } from '../repository/check-choice.js';
import { checkFunction } from '../store/check-operation.js';
import type { DataSourceOptions } from './options.js';

/** Refuses options that would be taken for others: settings come from files and variables, too. Throws `validation.invalid-option`. */
export function checkOptions(options: DataSourceOptions): void {
  if (!isObject(options)) throw invalidOption('options', 'an object', typeName(options));
  const { ensureTables, durability, limits, validate, service, retry, httpClient } = options;
  if (ensureTables !== undefined) checkChoice('ensureTables', ensureTables, ['lazy', 'never']);
  if (durability !== undefined) checkChoice('durability', durability, ['full', 'relaxed']);
  if (typeof limits !== 'object' && limits !== undefined) checkChoice('limits', limits, ['storage', 'cosmos']);
  if (typeof validate !== 'boolean' && validate !== undefined) checkChoice('validate', validate, ['auto']);
  if (service !== undefined) checkChoice('service', service, ['storage', 'cosmos']);
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
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
