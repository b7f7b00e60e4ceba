/**
 * Entities to JSON and back, by the decorators of class-transformer.
 *
 * @module
 */

export { fromPlain, toPlain } from './transform.js';
