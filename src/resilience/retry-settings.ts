import { EntitableError } from '../errors/entitable-error.js';
import { checkNames, type OptionNames } from '../options/check-option.js';

/**
 * The pace at which waits grow. Each wait is a random time between 0 and `slot * 2 ** retry`, and at most `ceiling`.
 * All times are in milliseconds.
 */
export interface Backoff {
  /** Upper bound of the first wait; it doubles with each further retry. */
  readonly slot: number;
  /** Upper bound of every wait. */
  readonly ceiling: number;
}

/** Settings for retrying failed requests. All times are in milliseconds. */
export interface RetrySettings {
  /** Maximum number of retries after the first attempt; 8 by default, 0 for none. */
  readonly maxRetries?: number | undefined;
  /** Time limit of one attempt; 30,000 by default, which is the service's own limit. */
  readonly tryTimeout?: number | undefined;
  /**
   * Time limit of an operation, with all its attempts and waits, unless it has a `timeout` of its own; 120,000 by
   * default. For a scan, it applies to each page.
   */
  readonly timeout?: number | undefined;
  /**
   * The treatment of a write that may have been carried out although its response was lost.
   *
   * - `settle`, the default: the write is sent again, and if that is rejected, its rows are read back to determine the
   *   outcome. A row with exactly the written content counts as written by this write.
   * - `report`: the write fails with `store.outcome-unknown` at once, unless it has the same effect when sent twice.
   *   Choose this for rows to which several processes write the same values at the same time, e.g. counters.
   */
  readonly lostAnswers?: 'settle' | 'report' | undefined;
  /**
   * Pace of the retries after a lost or refused connection, where the next attempt is likely to succeed. By default the
   * first wait is at most 10 ms, and no wait is longer than 2,000 ms.
   */
  readonly fast?: Partial<Backoff> | undefined;
  /**
   * Pace of the retries if the service is busy or throttles requests and needs time to recover. By default the first
   * wait is at most 250 ms, and no wait is longer than 30,000 ms.
   */
  readonly slow?: Partial<Backoff> | undefined;
}

/** The names of the settings, for rejecting unknown ones. */
export const RETRY_NAMES: OptionNames<RetrySettings> = {
  maxRetries: true,
  tryTimeout: true,
  timeout: true,
  lostAnswers: true,
  fast: true,
  slow: true,
};

const BACKOFF_NAMES: OptionNames<Backoff> = { slot: true, ceiling: true };

/** The retry settings with every default filled in. */
export interface RetryPolicy {
  /** Maximum number of retries after the first attempt. */
  readonly maxRetries: number;
  /** Time limit of one attempt. */
  readonly tryTimeout: number;
  /** Time limit of an operation, with all its attempts and waits. */
  readonly timeout: number;
  /** The treatment of a write whose response was lost. */
  readonly lostAnswers: 'settle' | 'report';
  /** Pace of the retries after a lost or refused connection. */
  readonly fast: Backoff;
  /** Pace of the retries if the service is busy. */
  readonly slow: Backoff;
}

/** The policy that applies unless settings change it. */
export const RETRY_DEFAULTS: RetryPolicy = Object.freeze({
  maxRetries: 8,
  tryTimeout: 30_000,
  timeout: 120_000,
  lostAnswers: 'settle',
  fast: Object.freeze({ slot: 10, ceiling: 2000 }),
  slow: Object.freeze({ slot: 250, ceiling: 30_000 }),
});

/** A policy that sends each request once. */
export const NO_RETRIES: RetryPolicy = Object.freeze({
  ...RETRY_DEFAULTS,
  maxRetries: 0,
  tryTimeout: Number.POSITIVE_INFINITY,
  timeout: Number.POSITIVE_INFINITY,
  lostAnswers: 'report',
});

/**
 * Returns the policy for the given settings, with defaults for the missing ones. Throws `validation.invalid-option` for
 * numbers out of range.
 */
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
