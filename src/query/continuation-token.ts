import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { EntitableError } from '../errors/entitable-error.js';
import type { ServiceLimits } from '../store/limits.js';
import type { Leg, Plan } from './planning/plan.js';
import type { Position } from './execute-plan.js';

/**
 * The point at which a query resumes. The bounds of the keys to read come from the query itself, never from a token.
 */
export interface Resumption {
  readonly position: Position;
  /** The number of results still to return, if the query has a `take`. */
  readonly remaining?: number | undefined;
}

/** The query that a continuation is written for or passed to. */
export interface TokenQuery {
  readonly className: string;
  readonly plan: Plan;
  readonly take: number | undefined;
  readonly limits: ServiceLimits;
  /**
   * Returns a hash that is the same for all queries that may use the continuation. Called only when a continuation is
   * read or written.
   */
  readonly fingerprint: () => string;
  /**
   * The secrets for signatures. New continuations are signed with the first one, and signatures made with any of them
   * are accepted. If there are none, continuations are not signed.
   */
  readonly secrets: readonly Uint8Array[];
}

/**
 * The first character of a continuation: `PLAIN` for one with a checksum, which anyone who knows the query can compute,
 * and `SIGNED` for one with a signature, which requires the secret.
 */
const [PLAIN, SIGNED] = ['1', '2'];
/** The length of the checksum or signature in base64url characters. They hold 132 of the 256 bits of the hash. */
const CHECKSUM = 22;
/** The maximum lengths of a continuation, and of the store's own continuation inside it. Stores return shorter ones. */
const LONGEST = 16_384;
const LONGEST_OF_STORE = 8192;

/**
 * Writes the point at which a query resumes as a text for clients: opaque, URL-safe, and valid only for queries with
 * the same fingerprint. With ASCII keys it is at most 2 KiB long, whatever the number of partitions.
 */
export function writeToken({ position, remaining }: Resumption, query: TokenQuery): string {
  const { leg, continuation, after } = position;
  const content = [
    leg,
    remaining ?? -1,
    continuation ?? 0,
    ...(after === undefined ? [] : [after.partitionKey, after.rowKey]),
  ];
  const payload = Buffer.from(JSON.stringify(content)).toString('base64url');
  return withChecksum(payload, query.fingerprint(), query.secrets[0]);
}

/**
 * Reads a token that `writeToken` wrote. Without a secret anyone can forge a token, so its content is accepted only
 * within the bounds of the query itself.
 *
 * @throws EntitableError `query.invalid-continuation` for a token from another query, and for one that was changed,
 * truncated or forged.
 */
export function readToken(token: string, query: TokenQuery): Resumption {
  const resumption = isOf(query, token) ? resumptionOf(contentOf(token), query) : undefined;
  if (resumption === undefined) throw invalidContinuation(query.className);
  return resumption;
}

/**
 * Creates the error for a continuation that cannot be used. The cause is the store's error if the store rejected its
 * own continuation, which the token contains.
 */
export function invalidContinuation(className: string, cause?: unknown): EntitableError {
  return new EntitableError(
    'query.invalid-continuation',
    'The continuation is none of this query: it belongs to one with other bounds, filter, selection, table, secret or kind of store, or it ' +
      'was changed or cut on its way. Give it to the same query, or begin again without one.',
    { className },
    cause === undefined ? undefined : { cause },
  );
}

function isOf({ fingerprint, secrets }: TokenQuery, token: unknown): token is string {
  if (typeof token !== 'string' || token.length > LONGEST || token.length <= 1 + CHECKSUM) return false;
  const payload = token.slice(1 + CHECKSUM);
  const queries = fingerprint();
  return (secrets.length === 0 ? [undefined] : secrets).some((secret) =>
    isSame(token, withChecksum(payload, queries, secret)),
  );
}

function withChecksum(payload: string, fingerprint: string, secret: Uint8Array | undefined): string {
  const hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  const checksum = hash.update(fingerprint).update('\n').update(payload).digest('base64url').slice(0, CHECKSUM);
  return `${secret === undefined ? PLAIN : SIGNED}${checksum}${payload}`;
}

/**
 * Compares two texts in constant time, so that the duration does not reveal how much of a forged signature is right.
 */
function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function contentOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.slice(1 + CHECKSUM), 'base64url').toString());
  } catch {
    return undefined; // the checksum matches, but this is not JSON: forged by someone who knows the query
  }
}

function resumptionOf(content: unknown, { plan, take, limits }: TokenQuery): Resumption | undefined {
  if (!Array.isArray(content)) return undefined;
  const [index, remaining, continuation, ...place] = content as readonly unknown[];
  if (!isWithin(index, 0, plan.legs.length - 1)) return undefined;
  if (take === undefined ? remaining !== -1 : !isWithin(remaining, 1, take)) return undefined;
  const left = take === undefined ? {} : { remaining: remaining as number };
  const at = placeOf(plan.legs[index]!, continuation, place, limits);
  return at && { position: { leg: index, ...at }, ...left };
}

/**
 * Returns the position within a leg of the plan, or `undefined` if the token's content does not fit the leg. A leg of
 * one step resumes with the store's continuation. A leg of several steps, whose rows are merged, resumes after a row.
 */
function placeOf(
  { steps }: Leg,
  continuation: unknown,
  place: readonly unknown[],
  { keyBytes }: ServiceLimits,
): Omit<Position, 'leg'> | undefined {
  if (place.length === 0) {
    if (continuation === 0) return {};
    return steps.length === 1 && steps[0]!.kind === 'scan' && isText(continuation, 1, LONGEST_OF_STORE)
      ? { continuation }
      : undefined;
  }
  const [partitionKey, rowKey] = place;
  const isPlace = place.length === 2 && isText(partitionKey, 0, keyBytes.partition) && isText(rowKey, 0, keyBytes.row);
  return steps.length > 1 && continuation === 0 && isPlace ? { after: { partitionKey, rowKey } } : undefined;
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function isText(value: unknown, least: number, most: number): value is string {
  return typeof value === 'string' && value.length >= least && value.length <= most && value.isWellFormed();
}
