import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';

/** The longest ETag that is accepted. Those of the services have about 50 characters. */
export const LONGEST_ETAG = 256;

/** Matches printable ASCII without a space at either end. */
const SENDABLE = /^[!-~](?:[ -~]*[!-~])?$/;

/**
 * Refuses an ETag that an HTTP header cannot hold, in every store alike. In a transaction, a line break in an ETag
 * would write further headers, and the body, of a write. Each store checks for itself that the ETag has its service's
 * form. Throws `validation.invalid-etag`.
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

/**
 * Returns whether a value can be sent as an ETag. Also checks the ETags that a service returns, because they must be
 * accepted when they are sent back.
 */
export function isSendable(etag: unknown): boolean {
  return typeof etag === 'string' && etag.length <= LONGEST_ETAG && SENDABLE.test(etag);
}
