import * as testing from '../../src/testing/index.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import type { Subject } from './subject.js';

/** The public functions of `import … from 'entitable/testing'`. */
export const TESTING_FACE: readonly Subject[] = [
  {
    name: 'entitable/testing',
    object: () => testing,
    functions: {
      fixedClock: [new Date(0)],
      openTestSource: [{ ensureTables: 'lazy', limits: 'storage', validate: 'auto', retry: false }],
      recordingStore: () => [memoryStore()],
      requestNames: [[{ kind: 'tables' }]],
      sequentialGuids: [],
      verifyStore: ['nowhere.db'],
    },
    others: { conformance: 'it declares tests, which must not be declared in one' },
  },
  {
    name: 'a test clock',
    object: () => testing.fixedClock(),
    functions: { now: [], advance: [5] },
  },
];
