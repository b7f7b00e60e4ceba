import { checkNames, invalidValue, type OptionNames } from '../../options/check-option.js';
import { EntitableError, httpResponseOf } from '../../index.js';

/** The part of an Express response that the error handler uses. */
export interface ErrorResponse {
  /** `true` as soon as the response has begun. */
  readonly headersSent: boolean;
  /** Sets the HTTP status of the response. */
  status(code: number): unknown;
  /** Sets headers. */
  set(headers: Record<string, string>): unknown;
  /** Sends JSON. */
  json(body: unknown): unknown;
}

/** Error-handling middleware for Express 4 and 5. */
export type ErrorHandler = (
  error: unknown,
  request: unknown,
  response: ErrorResponse,
  next: (error?: unknown) => void,
) => void;

/** Options of {@link errorHandler}. */
export interface ErrorHandlerOptions {
  /**
   * Receives every error whose response has status 500 or above, e.g. for logging. By default it is written to
   * `console.error`, as Express does.
   */
  readonly onError?: ((error: EntitableError) => void) | undefined;
}

const NAMES: OptionNames<ErrorHandlerOptions> = { onError: true };

/**
 * Creates error-handling middleware that responds to errors of this package according to their codes, as
 * `httpResponseOf` does: with a status, `Retry-After` if it is known, and a body that contains only the code and, for
 * `validation.failed`, the violations. It passes on all other errors, and every error that occurs after the response
 * has begun. Add it after the routes. Throws `validation.invalid-option`.
 *
 * @example
 * ```ts
 * app.use(routes);
 * app.use(errorHandler({ onError: (error) => log.error(error) }));
 * ```
 */
export function errorHandler(options: ErrorHandlerOptions = {}): ErrorHandler {
  if (typeof options !== 'object' || options === null) throw invalidValue('options', 'an object', options);
  checkNames(options, NAMES);
  const { onError = toConsole } = options;
  if (typeof onError !== 'function') throw invalidValue('onError', 'a function', onError);
  // Express recognises error handlers by their four parameters.
  return (error, _request, response, next) => {
    const answer = httpResponseOf(error);
    if (answer === undefined || response.headersSent) return next(error);
    if (answer.status >= 500 && EntitableError.is(error)) onError(error);
    response.status(answer.status);
    response.set({ ...answer.headers });
    response.json(answer.body);
  };
}

function toConsole(error: EntitableError): void {
  // eslint-disable-next-line no-console -- as Express itself does with unhandled errors
  console.error(error);
}
