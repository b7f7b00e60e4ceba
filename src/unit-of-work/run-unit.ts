import type { FailedWrite } from '../errors/error-details.js';
import { EntitableError } from '../errors/entitable-error.js';
import { checkCount } from '../query/check-option.js';
import { checkFunction, checkOperation } from '../store/check-operation.js';
import { jitteredWait } from '../repository/jittered-wait.js';
import type { CommitOptions } from './commit.js';
import type { UnitOfWork } from './unit-of-work.js';

/** How a unit of work that is given its work goes about it. */
export interface UnitOfWorkOptions extends CommitOptions {
  /**
   * Retries after the first try: how often the work runs again, in a new unit, when another writer was faster. By default there are
   * none. When it is given, 0 included, the commit is atomic.
   */
  readonly maxRetries?: number | undefined;
}

const WAITS = Object.freeze({ first: 4, longest: 500 });

/** Refusals that reading anew may mend. */
const LOST_RACES: readonly string[] = ['store.precondition-failed', 'store.already-exists', 'store.not-found'];

/** Runs work in a unit and commits it. */
export async function runUnit<R>(
  begin: () => UnitOfWork,
  work: (unit: UnitOfWork) => R | Promise<R>,
  given: UnitOfWorkOptions,
): Promise<R> {
  checkFunction('work', work);
  checkOperation(given);
  const { maxRetries, ...options } = given;
  const commitOptions = maxRetries === undefined ? options : { ...options, atomic: true };
  const most = maxRetries === undefined ? 0 : checkCount('maxRetries', maxRetries, 0);
  for (let retry = 1; ; retry++) {
    const unit = begin();
    const result = await workOrAbandon(unit, work);
    try {
      await unit.commit(commitOptions);
      return result;
    } catch (error) {
      if (retry > most || !isLostRace(error)) throw error;
    }
    await jitteredWait(retry, WAITS, options.signal);
  }
}

async function workOrAbandon<R>(unit: UnitOfWork, work: (unit: UnitOfWork) => R | Promise<R>): Promise<R> {
  try {
    return await work(unit);
  } catch (error) {
    await unit.abandon();
    throw error;
  }
}

/** Whether nothing was written, for certain, because somebody else was faster. */
function isLostRace(error: unknown): boolean {
  if (!EntitableError.is(error, 'commit.partial')) return false;
  const { committed, failed, unknown } = error.details;
  return committed.length === 0 && unknown.length === 0 && failed.length > 0 && failed.every(isOfRace);
}

function isOfRace({ error }: FailedWrite): boolean {
  return EntitableError.is(error) && LOST_RACES.includes(error.code);
}
