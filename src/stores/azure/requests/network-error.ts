import { EntitableError } from '../../../errors/entitable-error.js';
import type { StoreErrorDetails } from '../../../errors/error-details.js';
import { Stopped } from '../http/request-deadline.js';
import { AnswerTooLarge } from '../http/http-exchange.js';
import { WrongAnswer } from './wrong-answer.js';
import { isRestError, RestError } from '@azure/core-rest-pipeline';

type Unanswered =
  | 'store.aborted'
  | 'store.timeout'
  | 'store.unauthorized'
  | 'store.unavailable'
  | 'store.rejected'
  | 'store.outcome-unknown';

const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
const CONNECTING = /^(connect|getaddrinfo) |before secure TLS connection/;
const CERTIFICATE = /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;
/** Matches Node's error codes for a header or path with characters that cannot be sent. */
const UNSENDABLE = /^ERR_(INVALID_CHAR|INVALID_HTTP_TOKEN|HTTP_INVALID_HEADER_VALUE|UNESCAPED_CHARACTERS)$/;
const CREDENTIAL = /^(Authentication|AggregateAuthentication|CredentialUnavailable|AuthenticationRequired)Error$/;

/** Matches the message of the SDK's error for a token over plain HTTP, which has no code. */
const PLAIN_HTTP = /^Bearer token authentication is not permitted for non-TLS/;

const MESSAGES: Readonly<Record<Unanswered, string>> = {
  'store.aborted': 'was stopped by its signal.',
  'store.timeout': 'took longer than its timeout.',
  'store.unauthorized': 'was not sent: the credential gave no token. The cause says why.',
  'store.unavailable':
    'got no answer: the service could not be reached. Check the address and the network; the cause says what happened.',
  'store.rejected':
    'was not sent: a header or the address has a character that it cannot hold. Look at the credential, and at the policies of the client that was given; the cause names the header.',
  'store.outcome-unknown':
    'was sent, and its answer was lost: the service may or may not have carried it out. Read back what was written before trying again.',
};

const OVER_PLAIN_HTTP =
  'was not sent: a token is sent over https only. Open an https endpoint, or give a key or a SAS.';

/**
 * Messages for a response that exceeds `maxAnswerBytes`. Such a response to a write does not reveal whether the service
 * carried out the write.
 */
const TOO_LARGE: Readonly<Record<string, string>> = {
  'store.unavailable':
    'was answered with more bytes than maxAnswerBytes, and was not read to its end. Ask for fewer rows at once (pageSize), or for less of them (select), or raise that option.',
  'store.outcome-unknown':
    'was answered with more bytes than maxAnswerBytes: the service may or may not have carried it out. Read back what was written before trying again.',
};

/** Creates the error of a read whose response is missing or unusable. */
export function unansweredRead(error: unknown, details: StoreErrorDetails, object = objectOf(details)): EntitableError {
  if (EntitableError.is(error)) return error;
  const subject = `A read of ${object}`;
  return error instanceof WrongAnswer
    ? wronglyAnswered('store.unavailable', subject, details, error)
    : unanswered(reasonOf(error), subject, details, error);
}

/**
 * Creates the error of a write whose response is missing or unusable. Once the HTTP client has started to send the
 * request (`sent`), the outcome is unknown, also after a signal or a timeout; before that, nothing was written. If
 * another server answered in the service's place, the write is assumed not to have reached the service.
 */
export function unansweredWrite(
  error: unknown,
  sent: boolean,
  details: StoreErrorDetails,
  object = objectOf(details),
): EntitableError {
  if (EntitableError.is(error)) return error;
  const subject = `A write to ${object}`;
  if (error instanceof WrongAnswer) {
    const code = sent && error.fromService ? 'store.outcome-unknown' : 'store.unavailable';
    return wronglyAnswered(code, subject, details, error);
  }
  const isUnknown = sent && !neverConnected(error) && !hasNoToken(error) && !isUnsendable(error);
  return unanswered(isUnknown ? 'store.outcome-unknown' : reasonOf(error), subject, details, error);
}

const REMEDIES = {
  'store.outcome-unknown': 'Nobody knows what became of it: read back what was written before trying again.',
  'store.unavailable': 'Check the address, and what is on the way to it: a proxy, a gateway, a sign-in page.',
} as const;

function wronglyAnswered(
  code: keyof typeof REMEDIES,
  subject: string,
  details: StoreErrorDetails,
  wrong: WrongAnswer,
): EntitableError {
  const { status, contentType, fromService, message } = wrong;
  const what = fromService ? 'which is no answer to it' : 'which is not from the Table service';
  return new EntitableError(
    code,
    `${subject} was answered with HTTP ${status} (content type: ${contentType}), ${what}: ${message}. ${REMEDIES[code]}`,
    { ...details, status, contentType },
    { cause: wrong },
  );
}

function unanswered(code: Unanswered, subject: string, details: StoreErrorDetails, cause: unknown): EntitableError {
  const message = isOverPlainHttp(cause)
    ? OVER_PLAIN_HTTP
    : cause instanceof AnswerTooLarge
      ? TOO_LARGE[code]
      : MESSAGES[code];
  return new EntitableError(code, `${subject} ${message}`, details, {
    cause: cause instanceof Stopped ? cause.cause : shownCause(cause),
  });
}

function objectOf({ table }: StoreErrorDetails): string {
  return table === undefined ? 'the list of tables' : `table "${table}"`;
}

function reasonOf(error: unknown): Unanswered {
  if (error instanceof Stopped) return error.code;
  if (hasNoToken(error)) return 'store.unauthorized';
  return isUnsendable(error) ? 'store.rejected' : 'store.unavailable';
}

function isUnsendable(error: unknown): boolean {
  return error instanceof Error && UNSENDABLE.test(String((error as { readonly code?: unknown }).code));
}

function hasNoToken(error: unknown): boolean {
  return isOverPlainHttp(error) || (error instanceof Error && CREDENTIAL.test(error.name));
}

function isOverPlainHttp(error: unknown): boolean {
  return error instanceof Error && PLAIN_HTTP.test(error.message);
}

function neverConnected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { readonly code?: unknown };
  return (
    (typeof code === 'string' && (NEVER_CONNECTED.has(code) || CERTIFICATE.test(code))) ||
    CONNECTING.test(error.message)
  );
}

/** Maximum depth to which a chain of causes is followed. Real chains are shorter; the bound is for circular ones. */
const MAX_DEPTH = 10;

/**
 * Copies an error of the SDK for use as a cause, without its request and response: these contain credentials, keys and
 * bodies, which would appear when the error is printed. Other errors are kept as they are, if none of their causes has
 * a request or response.
 */
function shownCause(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error) || depth === MAX_DEPTH) return error;
  const cause = shownCause(error.cause, depth + 1);
  const isHeavy = isRestError(error) && (error.request !== undefined || error.response !== undefined);
  if (!isHeavy && cause === error.cause) return error;
  const copy = isHeavy ? lightened(error) : new Error(error.message);
  copy.name = error.name;
  if (cause !== undefined) copy.cause = cause;
  return copy;
}

/**
 * Copies an SDK error without its request and response. The message for an unreadable response is replaced, because it
 * quotes the response.
 */
function lightened({ message, code, statusCode }: RestError): RestError {
  return new RestError(code === RestError.PARSE_ERROR ? 'The answer could not be read.' : message, {
    ...(code === undefined ? {} : { code }),
    ...(statusCode === undefined ? {} : { statusCode }),
  });
}
