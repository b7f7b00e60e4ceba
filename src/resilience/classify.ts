import { EntitableError } from '../errors/entitable-error.js';
import type { ErrorCode, StoreErrorDetails } from '../errors/error-details.js';
import { jitter } from '../async/backoff.js';
import type { Backoff, RetryPolicy } from './retry-settings.js';

/**
 * The action to take after a failed request.
 *
 * - `at once`: retry without a wait, a few times; then as `fast`.
 * - `fast` and `slow`: retry after a wait that grows at the pace of that name in the retry settings.
 * - `ambiguous`: retry, but the failed request may have been carried out, so a write that does not have the same effect
 *   when sent twice has to be read back.
 * - `never`: do not retry.
 */
export type Remedy = 'at once' | 'fast' | 'slow' | 'ambiguous' | 'never';

interface Rule {
  readonly code: ErrorCode;
  /**
   * HTTP statuses that the rule applies to. Without this list, it applies to errors with any status and without one.
   */
  readonly status?: readonly number[];
  /** Pattern for the `code` of the error's cause, e.g. Node's `ECONNRESET`. */
  readonly cause?: RegExp;
  /**
   * Restricts the rule to responses that came, or may have come, from a server other than the service, e.g. a proxy.
   */
  readonly wronglyAnswered?: true;
  readonly remedy: Remedy;
}

/** The rules in order: the first that matches decides. A failure that no rule matches is not retried. */
const RULES: readonly Rule[] = [
  { code: 'store.outcome-unknown', remedy: 'ambiguous' },
  // The response was too large, and the next one would be just as large.
  { code: 'store.unavailable', cause: /^ANSWER_TOO_LARGE$/, remedy: 'never' },
  // A proxy may have replaced the service's response by a page of its own.
  { code: 'store.unavailable', wronglyAnswered: true, remedy: 'ambiguous' },
  { code: 'store.throttled', remedy: 'slow' },
  // An invalid certificate is still invalid at the next attempt.
  { code: 'store.unavailable', cause: /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/, remedy: 'never' },
  // The other side had already closed the kept-alive connection.
  { code: 'store.unavailable', cause: /^(ECONNRESET|EPIPE)$/, remedy: 'at once' },
  // Status 409 is listed because of `TableBeingDeleted`.
  { code: 'store.unavailable', status: [408, 409, 500, 502, 503, 504], remedy: 'slow' },
  // Connection refused, host name not resolved, connection cut off, response unreadable: no complete response arrived.
  { code: 'store.unavailable', remedy: 'fast' },
  // A single attempt took too long. The service has had that time to recover, so the wait is short.
  { code: 'store.timeout', remedy: 'fast' },
  // Cosmos DB: the partition has moved, or the row is being written by another request.
  { code: 'store.rejected', status: [410, 449], remedy: 'at once' },
];

/** Returns what to do about an error. */
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

/**
 * Returns what to do about an error in creating a table, as `remedyFor` does. The difference is that creation is not
 * retried while the service is still deleting an earlier table of the same name; callers who want to wait for that set
 * `waitForDeletion`.
 */
export function remedyForCreation(error: unknown): Remedy {
  const isBeingDeleted =
    EntitableError.is(error, 'store.unavailable') && error.details.serviceCode === 'TableBeingDeleted';
  return isBeingDeleted ? 'never' : remedyFor(error);
}

/** Returns whether an operation failed because another server responded in place of the service. */
export function isWronglyAnswered(error: unknown): boolean {
  return EntitableError.is(error, 'store.unavailable') && error.details.contentType !== undefined;
}

function codeOf(cause: unknown): string {
  const { code } = (typeof cause === 'object' && cause !== null ? cause : {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** Maximum number of `at once` retries that are made without a wait. */
const TRIES_AT_ONCE = 2;

/**
 * Returns the wait before a retry, in milliseconds; `retry` is 0 for the first. The wait is random, so that clients
 * that failed together do not retry together.
 */
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
      // A status means that the service responded but is in trouble, unless a different server sent the response.
      // Without a status, the connection broke.
      return randomWait(retry, status === undefined || contentType !== undefined ? policy.fast : policy.slow);
    default:
      return remedy satisfies never;
  }
}

function randomWait(retry: number, { slot, ceiling }: Backoff): number {
  return jitter(retry, slot, ceiling);
}
