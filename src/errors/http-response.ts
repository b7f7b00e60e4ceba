import type { ErrorCode, Violation } from './error-details.js';
import { EntitableError } from './entitable-error.js';

/**
 * The part of an error that is safe to send to a client. It has no message, because messages name keys, tables and
 * classes.
 */
export interface HttpErrorBody {
  /** The HTTP status, under the name that NestJS uses in error bodies. */
  readonly statusCode: number;
  /** The code of the error, e.g. `store.not-found`. */
  readonly code: ErrorCode;
  /** The property at fault, by its name in the class, if there is one. */
  readonly property?: string;
  /** The properties and constraints that were violated, for `validation.failed`. */
  readonly violations?: readonly Violation[];
}

/** The HTTP response of a web API to an error. */
export interface HttpErrorResponse {
  /** The HTTP status. */
  readonly status: number;
  /** `Retry-After` in seconds, if the service asked for a delay. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, to be sent as JSON. */
  readonly body: HttpErrorBody;
}

/** The HTTP status of each code or group of codes. All others are 500. */
const STATUS: Readonly<Record<string, number>> = {
  'key.': 400,
  'key.unparsable': 500,
  'entity.not-an-object': 400,
  'entity.no-etag': 428,
  'entity.not-unique': 409,
  'validation.': 400,
  'validation.too-many-properties': 413,
  'validation.entity-too-large': 413,
  'query.': 400,
  'query.no-result': 404,
  'query.sorted-on-client': 500,
  'query.raw-filter': 500,
  'query.index-building': 500,
  'store.not-found': 404,
  'store.already-exists': 409,
  'store.table-exists': 409,
  'store.precondition-failed': 412,
  'store.throttled': 429,
  'store.unavailable': 503,
  'store.aborted': 503,
  'store.closed': 503,
  'store.timeout': 504,
};

/**
 * Returns the response of a web API to an error of this package; `undefined` for any other error. `docs/errors.md`
 * lists the statuses.
 *
 * `entitable/express` and `entitable/nestjs` send it by themselves; this function is for other frameworks.
 *
 * @example
 * ```ts
 * const response = httpResponseOf(error);
 * if (response === undefined) throw error;
 * return { status: response.status, headers: response.headers, jsonBody: response.body };
 * ```
 */
export function httpResponseOf(error: unknown): HttpErrorResponse | undefined {
  if (!EntitableError.is(error)) return undefined;
  const { code } = error;
  const status = statusOf(code);
  const { retryAfter, violations } = error.details as Readonly<Record<string, unknown>>;
  const property = propertyOf(error);
  return {
    status,
    headers: typeof retryAfter === 'number' ? { 'retry-after': String(Math.ceil(retryAfter / 1000)) } : {},
    body: {
      statusCode: status,
      code,
      ...(status < 500 && typeof property === 'string' && { property }),
      ...(Array.isArray(violations) && { violations: violations as readonly Violation[] }),
    },
  };
}

/** Returns the property at fault. Values that must be unique together are several properties, so none is at fault. */
function propertyOf(error: EntitableError): unknown {
  if (!EntitableError.is(error, 'entity.not-unique'))
    return (error.details as { readonly property?: unknown }).property;
  const { properties }: { readonly properties?: readonly string[] } = error.details;
  return properties?.length === 1 ? properties[0] : undefined;
}

function statusOf(code: string): number {
  return STATUS[code] ?? STATUS[code.slice(0, code.indexOf('.') + 1)] ?? 500;
}
