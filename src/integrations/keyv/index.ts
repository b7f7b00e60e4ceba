export { KeyvTables, type KeyvTablesEntry, type KeyvTablesOptions } from './keyv-tables.js';
