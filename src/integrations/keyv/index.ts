/**
 * A storage adapter for Keyv.
 *
 * @module
 */

export { KeyvTables, type KeyvTablesEntry, type KeyvTablesOptions } from './keyv-tables.js';
