import { EntitableError } from '../errors/entitable-error.js';
import type { StoreErrorDetails } from '../errors/error-details.js';
import { checkCount } from '../options/check-option.js';
import { checkFunction, checkOperation } from '../options/operation-options.js';
import { retryWithBackoff } from '../async/backoff.js';
import { VERB_OPTIONS } from '../repository/option-names.js';
import type { UnitOfWorkOptions } from '../repository/session.js';
import type { UnitOfWork } from './unit-of-work.js';

/**
 * Runs work in a unit of work and commits it. If another writer was faster on a row that the work had read or found
 * missing, runs the work again, up to `maxRetries` times.
 */
export async function runUnit<R>(
  begin: () => UnitOfWork,
  work: (unit: UnitOfWork) => R | Promise<R>,
  given: UnitOfWorkOptions,
): Promise<R> {
  checkFunction('work', work);
  checkOperation(given, VERB_OPTIONS.unitOfWork);
  const { maxRetries, ...options } = given;
  const commitOptions = maxRetries === undefined ? options : { ...options, atomic: true };
  const most = maxRetries === undefined ? 0 : checkCount('maxRetries', maxRetries, 0);
  let isLost = false;
  const attempt = async (): Promise<R> => {
    isLost = false;
    const unit = begin();
    const result = await workOrAbandon(unit, work);
    try {
      await unit.commit(commitOptions);
    } catch (error) {
      // If the work has committed something itself, it must not run again.
      isLost = wasLost(error) && !unit.hasWritten;
      throw error;
    }
    return result;
  };
  return retryWithBackoff(attempt, { attempts: most + 1, when: () => isLost, signal: options.signal });
}

async function workOrAbandon<R>(unit: UnitOfWork, work: (unit: UnitOfWork) => R | Promise<R>): Promise<R> {
  try {
    return await work(unit);
  } catch (error) {
    await unit.abandon();
    throw error;
  }
}

function wasLost(error: unknown): boolean {
  return EntitableError.is(error) && (error.details as Pick<StoreErrorDetails, 'lostRace'>).lostRace === true;
}
