import { isRestError, RestError } from '@azure/core-rest-pipeline';

/** More than any chain of causes has. */
const DEEPEST = 10;

/**
 * An error of the SDK as the cause of one of this library's. The SDK's own remembers its request and response, with credentials, keys and
 * bodies; who prints it with all that it has prints them. What has neither, in no cause of it, is kept as it is.
 */
export function shownCause(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error) || depth === DEEPEST) return error;
  const cause = shownCause(error.cause, depth + 1);
  const isHeavy = isRestError(error) && (error.request !== undefined || error.response !== undefined);
  if (!isHeavy && cause === error.cause) return error;
  const copy = isHeavy ? lightened(error) : new Error(error.message);
  copy.name = error.name;
  if (cause !== undefined) copy.cause = cause;
  return copy;
}

/** The text of an answer that cannot be read is in the SDK's words on it. */
function lightened({ message, code, statusCode }: RestError): RestError {
  return new RestError(code === RestError.PARSE_ERROR ? 'The answer could not be read.' : message, {
    ...(code === undefined ? {} : { code }),
    ...(statusCode === undefined ? {} : { statusCode }),
  });
}
