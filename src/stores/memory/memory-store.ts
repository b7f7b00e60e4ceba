import { randomUUID } from 'node:crypto';
import type { ServiceLimits } from '../../store/limits.js';
import type { TableStore } from '../../store/table-store.js';
import { EmbeddedStore } from '../embedded/embedded-store.js';
import { MemoryRows } from './memory-rows.js';

/** What differs from Azure Table Storage. */
export interface MemoryStoreOptions {
  /** What the store refuses; Azure Table Storage's limits by default. */
  readonly limits?: ServiceLimits | undefined;
  /** Milliseconds since 1970, for timestamps; the system's clock by default. */
  readonly clock?: (() => number) | undefined;
}

/** A store of its own in the memory of this process, for tests and for data that need not last. Empty at first; nothing is shared. */
export function memoryStore({ limits, clock }: MemoryStoreOptions = {}): TableStore {
  return new EmbeddedStore(new MemoryRows(), { kind: 'memory', identity: `memory:${randomUUID()}`, limits, clock });
}
