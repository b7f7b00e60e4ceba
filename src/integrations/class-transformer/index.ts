export { fromPlain, toPlain } from './transform.js';
