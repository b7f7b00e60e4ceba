import { invalidOption, checkNames, isObject, readOption, type OptionNames, type KnownNames } from './check-option.js';
import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';

/** The options that every operation with I/O accepts. */
export interface OperationOptions {
  /** Stops the operation, whatever it is waiting for; it then throws `store.aborted`. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the operation throws `store.timeout`. For a scan, this limit applies to each page. */
  readonly timeout?: number | undefined;
}

/** The names of the options that every operation with I/O accepts. */
export const OPERATION_NAMES: OptionNames<OperationOptions> = { signal: true, timeout: true };

/**
 * Refuses an invalid time limit, with which every operation or none would time out. Throws `validation.invalid-option`.
 */
export function checkTimeout(options: OperationOptions | undefined): void {
  const timeout: unknown = options?.timeout;
  if (timeout === undefined || (typeof timeout === 'number' && timeout >= 0)) return;
  const found = typeof timeout === 'number' && timeout < 0 ? 'a negative number' : typeName(timeout);
  throw invalidOption('timeout', 'a number of milliseconds, 0 or more', found);
}

/** Refuses options that are not an object or have an unknown name. Throws `validation.invalid-option`. */
function checkOptions(options: object | undefined, known: KnownNames | undefined): void {
  if (options === undefined) return;
  if (!isObject(options)) throw invalidOption('options', 'an object', typeName(options));
  if (known !== undefined) checkNames(options, known);
  else readOption('options', () => Object.values(options as Readonly<Record<string, unknown>>));
}

/**
 * Refuses options that are not an object or have an unknown name, and an invalid signal or time limit. Called by the
 * methods of the public API, because JavaScript code can pass anything. Calls within the library omit `known`, because
 * they pass on the options of a public method, which may have further names.
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

/**
 * Checks options like {@link checkOperation}, for methods that return another method's promise. Returns a rejected
 * promise instead of throwing, or `undefined` if the options are valid.
 */
export function refusedOperation(options: object | undefined, known: KnownNames): Promise<never> | undefined {
  try {
    checkOperation(options, known);
    return undefined;
  } catch (error) {
    if (!EntitableError.is(error)) throw error;
    return Promise.reject(error);
  }
}

/** Throws `validation.invalid-option` unless the value is a function. */
export function checkFunction(option: string, value: unknown): void {
  if (typeof value !== 'function') throw invalidOption(option, 'a function', typeName(value));
}

function isSignal(signal: unknown): boolean {
  if (typeof signal !== 'object' || signal === null) return false;
  const { aborted, addEventListener } = signal as Partial<AbortSignal>;
  return typeof aborted === 'boolean' && typeof addEventListener === 'function';
}
