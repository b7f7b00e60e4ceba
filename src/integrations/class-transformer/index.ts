/**
 * Converts entities to JSON and back, following the decorators of class-transformer.
 *
 * @module
 */

export { fromPlain, toPlain } from './transform.js';
