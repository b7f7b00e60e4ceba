import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';

/** Those of the services have some 50 characters. */
export const LONGEST_ETAG = 256;

/** Printable ASCII, without a space at either end. */
const SENDABLE = /^[!-~](?:[ -~]*[!-~])?$/;

/**
 * Refuses a condition that a header cannot hold, for every store alike: a line break in an ETag would write headers, and the body, of a
 * write in a transaction. Whether it is an ETag the service takes is for the store to say. Throws `validation.invalid-etag`.
 */
export function checkEtag(etag: string | undefined): void {
  if (etag === undefined || isSendable(etag)) return;
  const found = typeof etag === 'string' ? `a text of ${etag.length} characters that is none` : typeName(etag);
  throw new EntitableError(
    'validation.invalid-etag',
    `An ETag is at most 256 printable ASCII characters, without white space around them; what was given is ${found}. ` +
      "Pass it as it was read, or '*' for whatever the row has.",
    { found },
  );
}

/** Whether a condition can hold a value: one that a service gives must be such that it can be sent back. */
export function isSendable(etag: unknown): boolean {
  return typeof etag === 'string' && etag.length <= LONGEST_ETAG && SENDABLE.test(etag);
}
