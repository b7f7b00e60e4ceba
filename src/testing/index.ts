/**
 * Data sources for tests, and the tests that a store has to pass.
 *
 * @module
 */

export { conformance, type Deviations } from './conformance/conformance.js';
export { fixedClock, type FixedClock } from './fixed-clock.js';
export { openTestSource, type TestSource } from './open-test-source.js';
export { recordingStore, requestNames, type RecordedRequest } from './recording-store.js';
export { sequentialGuids } from './sequential-guids.js';
export { verifyStore, type RowKeys, type StoreDamage, type StoreVerification } from './verify-store.js';
