import { typeName } from '../edm/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { type KnownNames, checkNames, invalidOption, isObject, readOption } from '../errors/options.js';
import { checkTimeout } from './check-timeout.js';
import type { OperationOptions } from './operation-options.js';

/** Refuses options that are no object, and those that have another name than the known ones. Throws `validation.invalid-option`. */
export function checkOptions(options: object | undefined, known: KnownNames | undefined): void {
  if (options === undefined) return;
  if (!isObject(options)) throw invalidOption('options', 'an object', typeName(options));
  if (known !== undefined) checkNames(options, known);
  else readOption('options', () => Object.values(options as Readonly<Record<string, unknown>>));
}

/**
 * The same, and refuses a signal or a time limit that is none. For the verbs that users call: JavaScript may give anything. Within the
 * library, where options are handed on with those of the verb, the names are not known.
 */
export function checkOperation(options: object | undefined, known?: KnownNames): void {
  if (options === undefined) return;
  checkOptions(options, known);
  readOption('options', () => {
    const { signal } = options as OperationOptions;
    if (signal !== undefined && !isSignal(signal)) throw invalidOption('signal', 'an AbortSignal', typeName(signal));
    checkTimeout(options);
  });
}

/** The same as a promise, for verbs that give the promise of another: one that is rejected, or `undefined` where nothing is wrong. */
export function refusedOperation(options: object | undefined, known: KnownNames): Promise<never> | undefined {
  try {
    checkOperation(options, known);
    return undefined;
  } catch (error) {
    if (!EntitableError.is(error)) throw error;
    return Promise.reject(error);
  }
}

/** Refuses what cannot be called. */
export function checkFunction(option: string, value: unknown): void {
  if (typeof value !== 'function') throw invalidOption(option, 'a function', typeName(value));
}

function isSignal(signal: unknown): boolean {
  if (typeof signal !== 'object' || signal === null) return false;
  const { aborted, addEventListener } = signal as Partial<AbortSignal>;
  return typeof aborted === 'boolean' && typeof addEventListener === 'function';
}
