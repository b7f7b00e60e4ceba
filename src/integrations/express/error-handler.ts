import { checkNames, invalidValue, type OptionNames } from '../../options/check-option.js';
import { EntitableError, httpResponseOf } from '../../index.js';

/** What is used of a response of Express. */
export interface ErrorResponse {
  /** Whether the answer has begun. */
  readonly headersSent: boolean;
  /** Sets the status. */
  status(code: number): unknown;
  /** Sets headers. */
  set(headers: Record<string, string>): unknown;
  /** Sends JSON. */
  json(body: unknown): unknown;
}

/** An error handler of Express 4 and 5. */
export type ErrorHandler = (
  error: unknown,
  request: unknown,
  response: ErrorResponse,
  next: (error?: unknown) => void,
) => void;

/** What is done with errors beside answering them. */
export interface ErrorHandlerOptions {
  /** Is told of every error that is answered with 500 or more, e.g. to log it; by default it is written to `console.error`, as Express does. */
  readonly onError?: ((error: EntitableError) => void) | undefined;
}

const NAMES: OptionNames<ErrorHandlerOptions> = { onError: true };

/**
 * Answers the errors of this package by their codes, as `httpResponseOf` says: with a status, `Retry-After` where it is known, and a body of
 * the code alone, with the violations of `validation.failed`. Any other error, and one of an answer that has begun, is handed on. Use it
 * behind the routes. Throws `validation.invalid-option`.
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
  // Express tells handlers of errors by their four parameters.
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
  // eslint-disable-next-line no-console -- as Express itself does with what nobody answers
  console.error(error);
}
