import { EntitableError } from '../errors/entitable-error.js';
import { onAbort } from './linked-signal.js';

/** The longest delay of a timer in milliseconds, some 24 days. Node replaces a longer one by 1 ms. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Starts a timer for a delay that a user or a server has chosen. A delay above {@link LONGEST_TIMER} is shortened to
 * it.
 */
export function startTimer(listener: () => void, milliseconds: number): NodeJS.Timeout {
  return setTimeout(listener, Math.min(milliseconds, LONGEST_TIMER));
}

/**
 * Waits, some 24 days at most. Resolves to `true` after the time, or to `false` as soon as the signal is aborted; never
 * rejects.
 */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted === true) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = (elapsed: boolean): void => {
      clearTimeout(timer);
      release();
      resolve(elapsed);
    };
    const timer = startTimer(() => end(true), milliseconds);
    const release = onAbort(signal, () => end(false));
  });
}

/** Bounds of the waits between attempts, in milliseconds. */
export interface Waits {
  /** Upper bound of the first wait; it doubles with each further wait. */
  readonly first: number;
  /** Upper bound of every wait. */
  readonly longest: number;
}

/**
 * Default bounds, for work that is repeated because another writer changed the same rows first. They are short, because
 * that writer finishes within a request or two.
 */
export const WAITS: Waits = Object.freeze({ first: 8, longest: 500 });

/**
 * Returns the milliseconds to wait before a retry; `retry` is 0 for the first one. The wait is random, from 0 to its
 * upper bound (full jitter), so that writers that collided once do not try again at the same moment.
 */
export function jitter(retry: number, first: number, longest: number): number {
  return Math.random() * Math.min(longest, first * 2 ** retry);
}

/** Options of `retryWithBackoff`. */
export interface BackoffOptions {
  /** Maximum number of attempts, the first included. */
  readonly attempts: number;
  readonly waits?: Waits;
  /** Returns whether another attempt may succeed. */
  readonly when: (error: unknown) => boolean;
  /** Ends the default `wait`, which then throws `store.aborted`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Waits before the next attempt, or throws to stop retrying. The default waits for the given time, and throws
   * `store.aborted` if the signal is aborted first.
   */
  readonly wait?: ((milliseconds: number, error: unknown) => Promise<unknown>) | undefined;
}

/**
 * Calls `work` until it succeeds, fails for a reason that `when` does not accept, or has failed `attempts` times. For
 * operations that are repeated as a whole, e.g. read-change-write; the requests of an operation are retried by
 * `Attempts` (`src/resilience/attempts.ts`). Throws the error of the last attempt.
 */
export async function retryWithBackoff<T>(
  work: () => Promise<T>,
  {
    attempts,
    waits = WAITS,
    when,
    signal,
    wait = (milliseconds) => pauseOrThrow(milliseconds, signal),
  }: BackoffOptions,
): Promise<T> {
  for (let retry = 0; ; retry++) {
    let failure: unknown;
    try {
      return await work();
    } catch (error) {
      if (!when(error) || retry + 1 >= attempts) throw error;
      failure = error;
    }
    await wait(jitter(retry, waits.first, waits.longest), failure);
  }
}

async function pauseOrThrow(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  if (await pause(milliseconds, signal)) return;
  const cause: unknown = signal?.reason;
  throw new EntitableError(
    'store.aborted',
    'The operation was aborted while it waited to be tried again.',
    {},
    { cause },
  );
}
