import { EntitableError } from '../errors/entitable-error.js';
import { checkCount } from '../options/check-option.js';
import { Deadline } from '../async/deadline.js';
import type { OperationOptions } from '../options/operation-options.js';
import { retryWithBackoff } from '../async/backoff.js';
import type { ModifyOptions } from './entity-operations.js';

/** The steps of `modify`, which are repeated as long as another writer is faster. */
export interface Modification<T extends object> {
  /** Returns the stored entity, or the one that `missing` creates, with `isMade` set; throws if there is neither. */
  readonly read: (limits: OperationOptions) => Promise<{ readonly entity: T; readonly isMade: boolean }>;
  readonly change: (entity: T) => unknown;
  /** Throws if `change` returned a copy or a patch, which would not be written. */
  readonly checkGiven: (entity: T, given: unknown) => void;
  readonly insert: (entity: T, limits: OperationOptions) => Promise<T>;
  readonly save: (entity: T, limits: OperationOptions) => Promise<T>;
  /**
   * Returns whether a `store.precondition-failed` of the save means that another writer was faster, so that a retry can
   * succeed.
   */
  readonly canLose: (entity: T) => boolean;
}

/**
 * Reads, changes and writes an entity, and repeats these steps if another writer was faster, at most `maxRetries`
 * times. Never repeats them if the entity may have been written.
 */
export async function modify<T extends object>(
  { read, change, checkGiven, insert, save, canLose }: Modification<T>,
  { maxRetries = 20, signal, timeout, missing }: ModifyOptions<T>,
): Promise<T> {
  checkCount('maxRetries', maxRetries, 0);
  checkFunction('change', change, 'a function that changes the entity');
  if (missing !== undefined) checkFunction('missing', missing, 'a function that makes an entity');
  // One time limit for all attempts: each request, and each call of the user's functions, gets the time that is left.
  const deadline = new Deadline({ signal, timeout });
  let isLost = false;
  const attempt = async (): Promise<T> => {
    isLost = false;
    const { entity, isMade } = await deadline.wait(read(deadline.rest));
    checkGiven(entity, await deadline.wait(Promise.resolve(change(entity))));
    try {
      return await (isMade ? insert(entity, deadline.rest) : save(entity, deadline.rest));
    } catch (error) {
      isLost = isMade
        ? EntitableError.is(error, 'store.already-exists')
        : EntitableError.is(error, 'store.precondition-failed') && canLose(entity);
      throw error;
    }
  };
  return retryWithBackoff(attempt, {
    attempts: maxRetries + 1,
    when: () => isLost,
    wait: (milliseconds) => deadline.pause(milliseconds),
  });
}

function checkFunction(option: string, value: unknown, expected: string): void {
  if (typeof value === 'function') return;
  const found = value === null ? 'null' : typeof value;
  throw new EntitableError('validation.invalid-option', `${option} of modify is ${expected}, not ${found}.`, {
    option,
    expected: 'a function',
    found,
  });
}
