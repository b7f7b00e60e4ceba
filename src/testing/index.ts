/**
 * Helpers for tests: data sources with reproducible clocks and Guids, a store that records its requests, and the
 * conformance suite for stores.
 *
 * @module
 */

export { conformance, type Deviations } from './conformance/conformance.js';
export { fixedClock, type FixedClock } from './fixed-clock.js';
export { openTestSource, type TestSource } from './open-test-source.js';
export { recordingStore, requestNames, type RecordedRequest } from './recording-store.js';
export { sequentialGuids } from './sequential-guids.js';
export { verifyStore, type RowKeys, type StoreDamage, type StoreVerification } from './verify-store.js';
