/**
 * A storage adapter of Keyv.
 *
 * @module
 */

export { KeyvTables, type KeyvTablesEntry, type KeyvTablesOptions } from './keyv-tables.js';
