/**
 * A key-value store on tables, also for LlamaIndex.
 *
 * @module
 */

export { KeyValueStore, type KeyValueOptions, type StoredObject } from './key-value-store.js';
export type { MemberOperand, MemberOperator, MemberTest, MemberTests } from './member-tests.js';
export type { KeyQueryOptions, KeyValueCollection, PutAllOptions, SelectOptions } from './key-value-collection.js';
