import { createHash } from 'node:crypto';
import { EntitableError } from '../errors/entitable-error.js';
import type { Position } from './read-plan.js';

/** Where a query goes on: the bounds come from the query itself, never from here. */
export interface Resumption {
  readonly position: Position;
  /** What is left of `take`. */
  readonly remaining?: number | undefined;
}

const VERSION = '1';
/** Characters of the checksum, 6 bits each. */
const CHECKSUM = 22;

/**
 * Writes where a query goes on, to be kept by a client: opaque, URL-safe, and good for queries of this fingerprint only. Keys of
 * ASCII text give at most 2 KiB, whatever the number of partitions.
 */
export function writeToken({ position, remaining }: Resumption, fingerprint: string): string {
  const { leg, continuation, after } = position;
  const content = [
    leg,
    remaining ?? -1,
    continuation ?? 0,
    ...(after === undefined ? [] : [after.partitionKey, after.rowKey]),
  ];
  const payload = Buffer.from(JSON.stringify(content)).toString('base64url');
  return `${VERSION}${checksum(payload, fingerprint)}${payload}`;
}

/**
 * Reads what `writeToken` wrote.
 *
 * @throws EntitableError `query.invalid-continuation` for a token of another query, and for one that was changed or cut.
 */
export function readToken(token: string, fingerprint: string, className: string): Resumption {
  const payload = typeof token === 'string' ? token.slice(VERSION.length + CHECKSUM) : '';
  if (payload === '' || token !== `${VERSION}${checksum(payload, fingerprint)}${payload}`) {
    throw new EntitableError(
      'query.invalid-continuation',
      'The continuation is none of this query: it belongs to one with other bounds, filter, selection, table or kind of store, or it was ' +
        'changed or cut on its way. Give it to the same query, or begin again without one.',
      { className },
    );
  }
  const content = JSON.parse(Buffer.from(payload, 'base64url').toString()) as readonly [
    number,
    number,
    string | 0,
    string?,
    string?,
  ];
  const [leg, remaining, continuation, partitionKey, rowKey] = content;
  return {
    position: {
      leg,
      ...(continuation !== 0 && { continuation }),
      ...(partitionKey !== undefined && rowKey !== undefined && { after: { partitionKey, rowKey } }),
    },
    ...(remaining >= 0 && { remaining }),
  };
}

function checksum(payload: string, fingerprint: string): string {
  return createHash('sha256').update(fingerprint).update('\n').update(payload).digest('base64url').slice(0, CHECKSUM);
}
