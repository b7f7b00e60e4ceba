import { invalidOption, checkNames, isObject, readOption, type OptionNames, type KnownNames } from './check-option.js';
import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';

/** What every operation that does I/O takes. */
export interface OperationOptions {
  /** Stops the operation, whatever it waits for: it fails with `store.aborted`. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the operation, of a scan each page, fails with `store.timeout`. */
  readonly timeout?: number | undefined;
}

/** What they may be called. */
export const OPERATION_NAMES: OptionNames<OperationOptions> = { signal: true, timeout: true };

/** Refuses a time limit that is none: it would never end an operation, or end every one. */
export function checkTimeout(options: OperationOptions | undefined): void {
  const timeout: unknown = options?.timeout;
  if (timeout === undefined || (typeof timeout === 'number' && timeout >= 0)) return;
  const found = typeof timeout === 'number' && timeout < 0 ? 'a negative number' : typeName(timeout);
  throw invalidOption('timeout', 'a number of milliseconds, 0 or more', found);
}

/** Refuses options that are no object, and those that have another name than the known ones. Throws `validation.invalid-option`. */
function checkOptions(options: object | undefined, known: KnownNames | undefined): void {
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
