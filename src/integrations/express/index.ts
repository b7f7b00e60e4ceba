/**
 * Sends the responses to Express requests that fail with an error of this package.
 *
 * @module
 */

export { errorHandler, type ErrorHandler, type ErrorHandlerOptions, type ErrorResponse } from './error-handler.js';
