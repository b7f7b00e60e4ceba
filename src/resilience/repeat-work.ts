import { withTimeLimit } from '../async/deadline.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { StoreErrorDetails } from '../errors/error-details.js';
import { checkFunction, checkOperation } from '../options/operation-options.js';
import type { OptionNames } from '../options/check-option.js';
import { observer } from '../observability/observer.js';
import { remedyFor, type Remedy } from './classify.js';
import { RETRY_NAMES, retryPolicy, type RetrySettings } from './retry-settings.js';
import { Attempts } from './attempts.js';

/** Options of `retry()`: how often and how fast a piece of work is repeated. There is no time limit by default. */
export interface RepeatSettings extends Omit<RetrySettings, 'lostAnswers'> {
  /** Stops the retries, and the work, when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

const { lostAnswers: _, ...PACE_NAMES } = RETRY_NAMES;
const REPEAT_NAMES: OptionNames<RepeatSettings> = { ...PACE_NAMES, signal: true };

const LATE = 'The work took longer than its time.';

/** Information about one attempt at the work, passed to it as its argument. */
export interface Go {
  /** Number of the attempt; 1 for the first. */
  readonly number: number;
  /** Aborted when the work has to stop or takes too long. Pass it to the operations that the work calls. */
  readonly signal: AbortSignal;
}

/** Runs a piece of work, and runs it again from the start if it fails in a way that proves that nothing was written. */
export async function repeatWork<T>(work: (go: Go) => Promise<T>, settings: RepeatSettings = {}): Promise<T> {
  checkFunction('work', work);
  checkOperation(settings, REPEAT_NAMES);
  const { signal, tryTimeout = Infinity, timeout = Infinity, ...pace } = settings;
  const policy = retryPolicy({ ...pace, tryTimeout, timeout });
  const tries = new Attempts(policy, observer({})('get'), { signal }, remedyForWork);
  for (let number = 1; ; number++) {
    try {
      return await withTimeLimit(tries.options, LATE, (own) => work(goOf(number, own)));
    } catch (error) {
      if (!(await tries.again(error))) throw tries.failure(error);
    }
  }
}

/**
 * Returns the remedy for failed work. It is repeated if it lost a race against another writer, but not if it may have
 * written something.
 */
function remedyForWork(error: unknown): Remedy {
  if (EntitableError.is(error, 'store.precondition-failed')) return 'fast';
  if (EntitableError.is(error) && (error.details as Pick<StoreErrorDetails, 'lostRace'>).lostRace === true)
    return 'fast';
  const remedy = remedyFor(error);
  return remedy === 'ambiguous' ? 'never' : remedy;
}

/**
 * Creates the argument of one attempt. `number` is not enumerable, because the work may pass the whole argument on as
 * the options of other operations, which accept only `signal`.
 */
function goOf(number: number, signal: AbortSignal): Go {
  return Object.defineProperty({ signal }, 'number', { value: number }) as Go;
}
