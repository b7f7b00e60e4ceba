import { EntitableError } from '../errors/entitable-error.js';
import type { ErrorCode, StoreErrorDetails } from '../errors/error-details.js';
import { jitter } from '../async/backoff.js';
import type { Backoff, RetryPolicy } from './retry-settings.js';

/**
 * What to do about a failure: try again `at once` (a few times, then `fast`), `fast`, `slow`, or `never`. `ambiguous`: the request may
 * have been carried out all the same, so that a write that is not the same when done twice has to be read back.
 */
export type Remedy = 'at once' | 'fast' | 'slow' | 'ambiguous' | 'never';

interface Rule {
  readonly code: ErrorCode;
  /** HTTP statuses; without, any or none. */
  readonly status?: readonly number[];
  /** What the code of the cause must match, e.g. Node's `ECONNRESET`. */
  readonly cause?: RegExp;
  /** Whether another server answered in the place of the service, or nobody can tell. */
  readonly wronglyAnswered?: true;
  readonly remedy: Remedy;
}

/** The first rule that fits decides; what none fits is never tried again. */
const RULES: readonly Rule[] = [
  { code: 'store.outcome-unknown', remedy: 'ambiguous' },
  // There would be as much of it again.
  { code: 'store.unavailable', cause: /^ANSWER_TOO_LARGE$/, remedy: 'never' },
  // A proxy may have put its own page in the place of the service's answer.
  { code: 'store.unavailable', wronglyAnswered: true, remedy: 'ambiguous' },
  { code: 'store.throttled', remedy: 'slow' },
  // A certificate does not get better by asking again.
  { code: 'store.unavailable', cause: /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/, remedy: 'never' },
  // A kept connection that the other side had closed meanwhile.
  { code: 'store.unavailable', cause: /^(ECONNRESET|EPIPE)$/, remedy: 'at once' },
  // Among them 409 TableBeingDeleted.
  { code: 'store.unavailable', status: [408, 409, 500, 502, 503, 504], remedy: 'slow' },
  // Refused, not resolved, cut off, unreadable: there was no whole answer.
  { code: 'store.unavailable', remedy: 'fast' },
  // One try took too long; the service had all that time for relief.
  { code: 'store.timeout', remedy: 'fast' },
  // Cosmos: the partition has moved, or the row is being written.
  { code: 'store.rejected', status: [410, 449], remedy: 'at once' },
];

/** What to do about an error. */
export function remedyFor(error: unknown): Remedy {
  if (!EntitableError.is(error, 'store.')) return 'never';
  const { status } = error.details as StoreErrorDetails;
  const cause = codeOf(error.cause);
  const rule = RULES.find(
    (candidate) =>
      candidate.code === error.code &&
      (candidate.status === undefined || (status !== undefined && candidate.status.includes(status))) &&
      (candidate.cause === undefined || candidate.cause.test(cause)) &&
      (candidate.wronglyAnswered === undefined || isWronglyAnswered(error)),
  );
  return rule?.remedy ?? 'never';
}

/** The same where a table is made: the end of an earlier one's deletion is waited for only by who asks for that. */
export function remedyForCreation(error: unknown): Remedy {
  const isBeingDeleted =
    EntitableError.is(error, 'store.unavailable') && error.details.serviceCode === 'TableBeingDeleted';
  return isBeingDeleted ? 'never' : remedyFor(error);
}

/** Whether an operation ended with the answer of another server. */
export function isWronglyAnswered(error: unknown): boolean {
  return EntitableError.is(error, 'store.unavailable') && error.details.contentType !== undefined;
}

function codeOf(cause: unknown): string {
  const { code } = (typeof cause === 'object' && cause !== null ? cause : {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}

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
  if (retryAfter !== undefined) return retryAfter + randomWait(0, policy.fast);
  switch (remedy) {
    case 'at once':
      return retry < TRIES_AT_ONCE ? 0 : randomWait(retry, policy.fast);
    case 'fast':
      return randomWait(retry, policy.fast);
    case 'slow':
      return randomWait(retry, policy.slow);
    case 'ambiguous':
      // An answer with a status is a service in trouble, unless it is none of the service; without, a connection broke.
      return randomWait(retry, status === undefined || contentType !== undefined ? policy.fast : policy.slow);
    default:
      return remedy satisfies never;
  }
}

function randomWait(retry: number, { slot, ceiling }: Backoff): number {
  return jitter(retry, slot, ceiling);
}
