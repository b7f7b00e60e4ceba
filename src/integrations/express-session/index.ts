export { createStore, type SessionStoreOptions, type SessionTable } from './create-store.js';
