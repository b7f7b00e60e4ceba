import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';

/** The maximum length of an ETag in characters. The ETags that the services create have about 50. */
export const LONGEST_ETAG = 256;

/** Matches printable ASCII without a space at either end. */
const SENDABLE = /^[!-~](?:[ -~]*[!-~])?$/;

/**
 * Throws `validation.invalid-etag` for an ETag that cannot be sent in an HTTP header. Every kind of store applies this
 * check, so that all accept the same ETags. It is also needed for security: the body of a transaction contains the
 * headers of each write as text, so a line break in an ETag could add headers, or a body, to a write. The exact format
 * of ETags differs between stores and is not checked here.
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
 * Returns whether a value can be sent as an ETag. The function is also applied to ETags in responses, because a later
 * write must be able to send them back.
 */
export function isSendable(etag: unknown): boolean {
  return typeof etag === 'string' && etag.length <= LONGEST_ETAG && SENDABLE.test(etag);
}
