/**
 * Stores the sessions of Express in a table.
 *
 * @module
 */

export { createStore, type SessionModule, type SessionStoreOptions, type SessionTable } from './create-store.js';
