import { isUint8Array } from 'node:util/types';
import { notify } from '../async/notify.js';
import { typeName } from '../errors/type-name.js';
import type { EntitableError } from '../errors/entitable-error.js';
import { invalidOption, isList, checkCount } from '../options/check-option.js';
import type { QuerySettings } from '../mapping/entity-reader.js';
import type { VerbObserver } from '../store/verb-observer.js';
import type { DataSourceOptions } from './options.js';

/** The minimum number of bytes of a secret. A shorter one could be found by brute force. */
const SHORTEST = 16;

/** Returns the settings for all queries of a data source. Throws `validation.invalid-option`. */
export function querySettings(options: DataSourceOptions, verbs: VerbObserver | undefined): QuerySettings {
  const { maxQueryRequests, continuationSecret, clock, logger } = options;
  if (maxQueryRequests !== undefined) checkCount('maxQueryRequests', maxQueryRequests, 1);
  const given: readonly unknown[] = isList(continuationSecret) ? continuationSecret : [continuationSecret];
  // A secret that was meant to come from the environment, but is missing, must not silently turn signing off.
  const secrets = 'continuationSecret' in options ? given.map(secretBytes) : [];
  if (given.length === 0) throw noSecret('an array of none');
  return Object.freeze({
    maxRequests: maxQueryRequests,
    continuationSecrets: () => secrets,
    verbs,
    clock,
    onStaleEntry: logger && ((entry) => notify(logger, { kind: 'index.stale', ...entry })),
  } satisfies QuerySettings);
}

function secretBytes(secret: unknown): Uint8Array {
  if (secret === undefined) throw noSecret('undefined (is the variable set? Without the option nothing is signed)');
  if (typeof secret !== 'string' && !isUint8Array(secret)) throw noSecret(typeName(secret));
  const bytes = Buffer.from(secret as Uint8Array); // a copy, because the caller may wipe its own
  if (bytes.length < SHORTEST) throw noSecret('a shorter one');
  return bytes;
}

function noSecret(found: string): EntitableError {
  const expected = `a string or bytes, at least ${SHORTEST} bytes long, or an array of them`;
  return invalidOption('continuationSecret', expected, found);
}
