/**
 * Errors as answers of Express.
 *
 * @module
 */

export { errorHandler, type ErrorHandler, type ErrorHandlerOptions, type ErrorResponse } from './error-handler.js';
