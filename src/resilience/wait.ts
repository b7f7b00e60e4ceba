import { onAbort } from '../async/on-abort.js';
import { startTimer } from '../async/start-timer.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { StoreErrorDetails } from '../errors/error-details.js';
import type { Remedy } from './classify.js';
import type { Backoff, RetryPolicy } from './retry-settings.js';

/** After so many tries without a wait there is one. */
const TRIES_AT_ONCE = 2;

/** How long to wait before a retry, the first of which is 0: random, so that those who failed together do not come back together. */
export function waitBefore(
  retry: number,
  remedy: Exclude<Remedy, 'never'>,
  error: EntitableError,
  policy: RetryPolicy,
): number {
  const { retryAfter, status, contentType } = error.details as StoreErrorDetails;
  if (retryAfter !== undefined) return retryAfter + jitter(0, policy.fast);
  switch (remedy) {
    case 'at once':
      return retry < TRIES_AT_ONCE ? 0 : jitter(retry, policy.fast);
    case 'fast':
      return jitter(retry, policy.fast);
    case 'slow':
      return jitter(retry, policy.slow);
    case 'ambiguous':
      // An answer with a status is a service in trouble, unless it is none of the service; without, a connection broke.
      return jitter(retry, status === undefined || contentType !== undefined ? policy.fast : policy.slow);
    default:
      return remedy satisfies never;
  }
}

function jitter(retry: number, { slot, ceiling }: Backoff): number {
  return Math.random() * Math.min(ceiling, slot * 2 ** retry);
}

/** Waits, some 24 days at most; `false` when the signal ended it. */
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
