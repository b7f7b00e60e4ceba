import { isUint8Array } from 'node:util/types';
import { typeName } from '../edm/type-name.js';
import type { EntitableError } from '../errors/entitable-error.js';
import { invalidOption } from '../errors/invalid-option.js';
import type { QuerySettings } from '../mapping/entity-rows.js';
import { checkCount } from '../query/check-option.js';
import type { VerbObserver } from '../store/verb-observer.js';
import type { DataSourceOptions } from './options.js';

/** Bytes of a secret at least: a shorter one can be found by trying. */
const SHORTEST = 16;

/** What the options say of all queries. Throws `validation.invalid-option`. */
export function querySettings(
  { maxQueryRequests, continuationSecret }: DataSourceOptions,
  verbs: VerbObserver | undefined,
): QuerySettings {
  if (maxQueryRequests !== undefined) checkCount('maxQueryRequests', maxQueryRequests, 1);
  const given: readonly unknown[] = Array.isArray(continuationSecret) ? continuationSecret : [continuationSecret];
  const secrets = continuationSecret === undefined ? [] : given.map(secretBytes);
  if (continuationSecret !== undefined && secrets.length === 0) throw noSecret('an array of none');
  return Object.freeze({ maxRequests: maxQueryRequests, continuationSecrets: () => secrets, verbs });
}

function secretBytes(secret: unknown): Uint8Array {
  if (typeof secret !== 'string' && !isUint8Array(secret)) throw noSecret(typeName(secret));
  const bytes = Buffer.from(secret as Uint8Array); // a copy: the caller may wipe its own
  if (bytes.length < SHORTEST) throw noSecret('a shorter one');
  return bytes;
}

function noSecret(found: string): EntitableError {
  const expected = `a string or bytes, at least ${SHORTEST} bytes long, or an array of them`;
  return invalidOption('continuationSecret', expected, found);
}
