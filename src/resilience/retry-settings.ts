import { EntitableError } from '../errors/entitable-error.js';
import { checkNames, type OptionNames } from '../options/check-option.js';

/** How waits grow: each is random between nothing and `slot * 2 ** retry`, up to `ceiling`. Milliseconds. */
export interface Backoff {
  /** What the first wait is random below, doubled by each retry. */
  readonly slot: number;
  /** What no wait is above. */
  readonly ceiling: number;
}

/** How often, how long and at what pace a failure on the way is tried again. Times are milliseconds. */
export interface RetrySettings {
  /** Retries after the first try; 8 by default, 0 for none. */
  readonly maxRetries?: number | undefined;
  /** How long one try may take; 30,000 by default, the longest the service itself takes. */
  readonly tryTimeout?: number | undefined;
  /** How long an operation (of a scan: a page) may take with all its tries and waits, where it has no `timeout` of its own; 120,000 by default. */
  readonly timeout?: number | undefined;
  /**
   * What becomes of a write that may have been carried out although its answer was lost. `settle`, the default: it is sent again, and a
   * refusal of that is settled by reading back; a row that holds exactly what was written is taken for this write's. `report`: it is
   * `store.outcome-unknown` at once, unless doing it twice is the same as once. For rows that several processes write the same values to
   * at the same time, e.g. counters.
   */
  readonly lostAnswers?: 'settle' | 'report' | undefined;
  /** Where the next try has every chance at once: the connection was lost or refused. By default 10 ms, up to 2,000. */
  readonly fast?: Partial<Backoff> | undefined;
  /** Where the service needs relief: it is busy, or throttles. By default 250 ms, up to 30,000. */
  readonly slow?: Partial<Backoff> | undefined;
}

/** What they may be called. */
export const RETRY_NAMES: OptionNames<RetrySettings> = {
  maxRetries: true,
  tryTimeout: true,
  timeout: true,
  lostAnswers: true,
  fast: true,
  slow: true,
};

const BACKOFF_NAMES: OptionNames<Backoff> = { slot: true, ceiling: true };

/** The settings with every default filled in. */
export interface RetryPolicy {
  /** Retries after the first try. */
  readonly maxRetries: number;
  /** How long one try may take. */
  readonly tryTimeout: number;
  /** How long an operation may take with all its tries and waits. */
  readonly timeout: number;
  /** What becomes of a write whose answer was lost. */
  readonly lostAnswers: 'settle' | 'report';
  /** The waits after a lost or refused connection. */
  readonly fast: Backoff;
  /** The waits for a busy service. */
  readonly slow: Backoff;
}

/** What holds where nothing is said. */
export const RETRY_DEFAULTS: RetryPolicy = Object.freeze({
  maxRetries: 8,
  tryTimeout: 30_000,
  timeout: 120_000,
  lostAnswers: 'settle',
  fast: Object.freeze({ slot: 10, ceiling: 2000 }),
  slow: Object.freeze({ slot: 250, ceiling: 30_000 }),
});

/** Each request is made once. */
export const NO_RETRIES: RetryPolicy = Object.freeze({
  ...RETRY_DEFAULTS,
  maxRetries: 0,
  tryTimeout: Number.POSITIVE_INFINITY,
  timeout: Number.POSITIVE_INFINITY,
  lostAnswers: 'report',
});

/** Fills in the defaults. Throws `validation.invalid-option` for numbers that mean nothing. */
export function retryPolicy({ fast, slow, ...settings }: RetrySettings = {}): RetryPolicy {
  for (const [of, backoff] of Object.entries({ fast, slow })) {
    if (typeof backoff === 'object' && backoff !== null) checkNames(backoff, BACKOFF_NAMES, of);
  }
  const policy = {
    maxRetries: settings.maxRetries ?? RETRY_DEFAULTS.maxRetries,
    tryTimeout: settings.tryTimeout ?? RETRY_DEFAULTS.tryTimeout,
    timeout: settings.timeout ?? RETRY_DEFAULTS.timeout,
    lostAnswers: settings.lostAnswers ?? RETRY_DEFAULTS.lostAnswers,
    fast: { ...RETRY_DEFAULTS.fast, ...fast },
    slow: { ...RETRY_DEFAULTS.slow, ...slow },
  };
  if (!Number.isInteger(policy.maxRetries) || policy.maxRetries < 0)
    refuse('retry.maxRetries', 'an integer ≥ 0', policy.maxRetries);
  if (!['settle', 'report'].includes(policy.lostAnswers))
    refuse('retry.lostAnswers', "'settle' or 'report'", policy.lostAnswers);
  checkTime('retry.tryTimeout', policy.tryTimeout, 1);
  checkTime('retry.timeout', policy.timeout, 1);
  for (const pace of ['fast', 'slow'] as const) {
    checkTime(`retry.${pace}.slot`, policy[pace].slot, 0);
    checkTime(`retry.${pace}.ceiling`, policy[pace].ceiling, 0);
  }
  return policy;
}

function checkTime(option: string, value: unknown, least: number): void {
  if (typeof value !== 'number' || !(value >= least)) refuse(option, `a number ≥ ${least}`, value);
}

function refuse(option: string, expected: string, value: unknown): never {
  throw new EntitableError('validation.invalid-option', `${option} is ${expected}.`, {
    option,
    expected,
    found: typeof value === 'object' ? 'an object' : `another ${typeof value}`,
  });
}
