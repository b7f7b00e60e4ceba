import { withTimeLimit } from '../async/deadline.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { StoreErrorDetails } from '../errors/error-details.js';
import { checkFunction, checkOperation } from '../options/operation-options.js';
import type { OptionNames } from '../options/check-option.js';
import { observer } from '../observability/observer.js';
import { remedyFor, type Remedy } from './classify.js';
import { RETRY_NAMES, retryPolicy, type RetrySettings } from './retry-settings.js';
import { Attempts } from './attempts.js';

/** How a piece of work is repeated. No time limit holds by default. */
export interface RepeatSettings extends Omit<RetrySettings, 'lostAnswers'> {
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

const { lostAnswers: _, ...PACE_NAMES } = RETRY_NAMES;
const REPEAT_NAMES: OptionNames<RepeatSettings> = { ...PACE_NAMES, signal: true };

const LATE = 'The work took longer than its time.';

/** What one go at a piece of work is told. */
export interface Go {
  /** 1 for the first. */
  readonly number: number;
  /** Aborted when the work is to stop or takes too long. Pass it on to what the work does. */
  readonly signal: AbortSignal;
}

/** Does a piece of work, and does it again from its beginning after a refusal that is certain: nothing of it was done. */
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

/** What is done about a failure of the work: a lost race is repeated, what may have been written is not. */
function remedyForWork(error: unknown): Remedy {
  if (EntitableError.is(error, 'store.precondition-failed')) return 'fast';
  if (EntitableError.is(error, 'store.') && (error.details as StoreErrorDetails).lostRace === true) return 'fast';
  const remedy = remedyFor(error);
  return remedy === 'ambiguous' ? 'never' : remedy;
}

/** The number is not enumerable: work passes its go on as the options of what it calls, and these know a signal alone. */
function goOf(number: number, signal: AbortSignal): Go {
  return Object.defineProperty({ signal }, 'number', { value: number }) as Go;
}
